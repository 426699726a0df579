import assert from "node:assert/strict";
import test from "node:test";
import {
  backendAt,
  get,
  guardFor,
  LIMIT,
  sendRaw,
  serveRaw,
  type TestGuard,
  until,
} from "../support.ts";

/** What a backend answers, and what its client is given. */
export interface ResponseCase {
  /** The rule, with its section. */
  readonly name: string;
  /** @default GET */
  readonly method?: string;
  /** The backend's bytes. */
  readonly answer: string;
  /** Whether the backend closes the connection behind them. @default no */
  readonly ends?: boolean;
  /** The status that the client gets. */
  readonly status: string;
  /** The body that it gets, without framing. @default whatever the guard says */
  readonly body?: string;
  /** What the whole head looks like. @default not looked at */
  readonly head?: RegExp;
  /** Whether the client can take the body for whole. @default yes */
  readonly isWhole?: boolean;
}

/** One backend answers a whole table: a case must not be able to leave anything behind for the next. */
export function testResponses(table: string, cases: readonly ResponseCase[]): void {
  test(table, LIMIT, async (t) => {
    let current: ResponseCase | undefined;
    const backend = await serveRaw(t, (socket) => {
      socket.on("data", () => {
        const { answer, ends } = current ?? { answer: "HTTP/1.1 204 No Content\r\n\r\n" };
        socket.write(answer, "latin1");
        if (ends) socket.end();
      });
    });
    const guard = await guardFor(t, [backendAt(backend)]);
    for (const each of cases) {
      await t.test(each.name, async () => {
        current = each;
        await run(each, guard);
        current = undefined;
        assert.equal((await get(guard.port)).status, 204);
      });
    }
  });
}

async function run(each: ResponseCase, guard: TestGuard): Promise<void> {
  const { method = "GET", status, isWhole = true } = each;
  const text = await sendRaw(
    guard.port,
    `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
  );
  await until("the permit is back", () => guard.active === 0);
  const at = text.indexOf("\r\n\r\n") + "\r\n\r\n".length;
  const head = text.slice(0, at);
  // A fault right behind the head may stop the head as well.
  if (isWhole || text !== "") assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} `));
  assert.doesNotMatch(text, /evil/);
  if (each.head !== undefined) assert.match(head, each.head);
  const body = bodyOf(head, text.slice(at), method);
  assert.equal(body.isWhole, isWhole);
  if (each.body !== undefined && isWhole) assert.equal(body.text, each.body);
}

/** The body by the plainest reading of its framing, and whether it came to its end. */
function bodyOf(head: string, rest: string, method: string): { text: string; isWhole: boolean } {
  if (/^transfer-encoding: chunked\r$/im.test(head)) return chunkedBody(rest);
  const length = /^content-length: (\d+)\r$/im.exec(head)?.[1];
  const expected = method === "HEAD" || length === undefined ? 0 : Number(length);
  return { text: rest, isWhole: head !== "" && rest.length === expected };
}

function chunkedBody(rest: string): { text: string; isWhole: boolean } {
  let text = "";
  let at = 0;
  for (;;) {
    const [line, hex = ""] = /^([0-9a-f]+)\r\n/i.exec(rest.slice(at)) ?? [];
    if (line === undefined) return { text, isWhole: false };
    at += line.length;
    const size = Number.parseInt(hex, 16);
    if (size === 0) return { text, isWhole: rest.slice(at) === "\r\n" };
    text += rest.slice(at, at + size);
    at += size + "\r\n".length;
  }
}
