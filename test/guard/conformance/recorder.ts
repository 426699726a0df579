import type { Socket } from "node:net";

const HEAD_END = "\r\n\r\n";

/**
 * A backend that takes nothing on trust: it splits what it is sent into requests by the plainest reading of
 * RFC 9112, keeps each as the bytes that came, and answers it with 200. What it cannot read stays in `rest`.
 */
export class Recorder {
  readonly requests: string[] = [];
  rest = "";

  accept(socket: Socket): void {
    let pending = "";
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      pending += text;
      for (let end = requestEnd(pending); end !== undefined; end = requestEnd(pending)) {
        const request = pending.slice(0, end);
        pending = pending.slice(end);
        this.requests.push(request);
        socket.write(answerTo(request), "latin1");
      }
      this.rest = pending;
    });
  }
}

function answerTo(request: string): string {
  const head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
  return request.startsWith("HEAD ") ? head : `${head}ok`;
}

function requestEnd(text: string): number | undefined {
  const headEnd = text.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd + 2);
  const body = headEnd + HEAD_END.length;
  if (/^transfer-encoding: chunked\r$/im.test(head)) return chunkedEnd(text, body);
  const end = body + Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? 0);
  return text.length < end ? undefined : end;
}

function chunkedEnd(text: string, start: number): number | undefined {
  let at = start;
  for (;;) {
    const [line, hex = ""] = /^([0-9a-f]+)\r\n/.exec(text.slice(at)) ?? [];
    if (line === undefined) return undefined;
    at += line.length + Number.parseInt(hex, 16) + 2;
    if (text.length < at) return undefined;
    if (hex === "0") return at;
  }
}
