/** One streamed answer of the example, as a client sees it. */
export interface Answer {
  readonly tokens: readonly string[];
  /** Reads of the body that brought tokens: about one a token where nothing buffers. */
  readonly reads: number;
  readonly sessionId: string;
  readonly cookie: string;
}

const DATA = "data: ";
const END = "[DONE]";

/** The first cookie that a response sets, as a request sends it back. */
function cookieOf(response: Response): string {
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

interface Chunk {
  readonly session_id?: string;
  readonly choices: readonly { readonly delta: { readonly content?: string } }[];
}

function chunksIn(text: string): Chunk[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith(DATA) && !line.includes(END))
    .map((line) => JSON.parse(line.slice(DATA.length)) as Chunk);
}

/** Asks and reads the stream to its end. */
export async function chat(url: string, question: string): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ stream: true, messages: [{ role: "user", content: question }] }),
    signal: AbortSignal.timeout(60_000),
  });
  if (!response.ok || !response.body)
    throw new Error(`${response.status}: ${await response.text()}`);
  let text = "";
  let reads = 0;
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    const part = decoder.decode(bytes, { stream: true });
    if (part.includes(DATA)) reads += 1;
    text += part;
  }
  if (!text.includes(END)) throw new Error("the stream ended before [DONE]");
  const chunks = chunksIn(text);
  return {
    tokens: chunks.flatMap(({ choices }) => choices.flatMap(({ delta }) => delta.content ?? [])),
    reads,
    sessionId: response.headers.get("x-session-id") ?? chunks[0]?.session_id ?? "",
    cookie: cookieOf(response),
  };
}
