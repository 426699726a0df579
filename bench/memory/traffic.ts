/** How much of the example's own traffic is under way at once. */
export interface Load {
  readonly streams: number;
  readonly exports: number;
  readonly plain: number;
  readonly forMs: number;
}

/** Answers by status; 0 stands for a connection that broke. */
export type Answers = Readonly<Record<number, number>>;

/** About 9 MiB of the 12 that the shipped config plans for a request. */
const EXPORT_ROWS = 3000;
const STREAM_TOKENS = 400;
const PLAIN_PATHS = ["/", "/api/models", "/api/sessions", "/health"] as const;
/** A refused client asks again as the server asked it to, not at once. */
const PAUSE_MS = 1000;

type Ask = (turn: number) => [path: string, init?: RequestInit];

const chat: Ask = () => [
  "/api/chat/completions",
  {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      stream: true,
      max_tokens: STREAM_TOKENS,
      messages: [{ role: "user", content: "How is a ship loaded?" }],
    }),
  },
];
const rows: Ask = () => [`/api/export?rows=${EXPORT_ROWS}`];
const page: Ask = (turn) => [PLAIN_PATHS[turn % PLAIN_PATHS.length] as string];

/** Reads a whole answer and throws it away. @returns its status, 0 where it broke */
async function answer(origin: string, [path, init]: ReturnType<Ask>, end: AbortSignal) {
  try {
    const response = await fetch(`${origin}${path}`, { ...init, signal: end });
    for await (const _ of response.body ?? []) end.throwIfAborted();
    return response.status;
  } catch (error) {
    if (end.aborted) return undefined;
    if (error instanceof Error) return 0;
    throw error;
  }
}

function pause(end: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PAUSE_MS);
    end.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Sends this load until its time is over; what is open then is cut off. */
export async function traffic(origin: string, load: Load): Promise<Answers> {
  const end = AbortSignal.timeout(load.forMs);
  const answers: Record<number, number> = {};
  const client = async (ask: Ask) => {
    for (let turn = 0; !end.aborted; turn += 1) {
      const status = await answer(origin, ask(turn), end);
      if (status !== undefined) answers[status] = (answers[status] ?? 0) + 1;
      if (status !== 200) await pause(end);
    }
  };
  const clients = (count: number, ask: Ask) => Array.from({ length: count }, () => client(ask));
  await Promise.all([
    ...clients(load.streams, chat),
    ...clients(load.exports, rows),
    ...clients(load.plain, page),
  ]);
  return answers;
}
