import { setMaxListeners } from "node:events";
import { Agent, type IncomingMessage, type RequestOptions, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

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
/** Between two requests of a client: what counts is how many are under way, and a refused one was asked to wait. */
const PAUSE_MS = 1000;
/** Between the first requests of two clients: the streams are open before exports take the processors. */
const RAMP_MS = 100;

interface Question {
  readonly path: string;
  /** Sent as JSON by POST. */
  readonly body?: string;
}
type Ask = (turn: number) => Question;

const CHAT = JSON.stringify({
  stream: true,
  max_tokens: STREAM_TOKENS,
  messages: [{ role: "user", content: "How is a ship loaded?" }],
});
const chat: Ask = () => ({ path: "/api/chat/completions", body: CHAT });
const rows: Ask = () => ({ path: `/api/export?rows=${EXPORT_ROWS}` });
const page: Ask = (turn) => ({ path: PLAIN_PATHS[turn % PLAIN_PATHS.length] as string });

/** `fetch` loses sight of the signal once its request is collected, and a stream then never ends: hence node:http. */
function send(origin: string, { path, body }: Question, options: RequestOptions) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const how = body ? { method: "POST", headers: { "content-type": "application/json" } } : {};
    request(new URL(path, origin), { ...options, ...how })
      .on("response", resolve)
      .on("error", reject)
      .end(body);
  });
}

/** Reads a whole answer and throws it away. @returns its status, 0 where it broke, undefined where the time is over */
async function answer(origin: string, question: Question, options: RequestOptions) {
  try {
    const response = await send(origin, question, options);
    for await (const _ of response);
    return response.statusCode ?? 0;
  } catch (error) {
    if (options.signal?.aborted) return undefined;
    if (error instanceof Error) return 0;
    throw error;
  }
}

/** Sends this load until its time is over; what is open then is cut off. */
export async function traffic(origin: string, load: Load): Promise<Answers> {
  const signal = AbortSignal.timeout(load.forMs);
  setMaxListeners(0, signal);
  const agent = new Agent({ keepAlive: true });
  const answers: Record<number, number> = {};
  const pause = (ms: number) => wait(ms, undefined, { signal }).catch(() => undefined);
  const client = async (ask: Ask, index: number) => {
    await pause(index * RAMP_MS);
    for (let turn = 0; !signal.aborted; turn += 1) {
      const status = await answer(origin, ask(turn), { agent, signal });
      if (status !== undefined) answers[status] = (answers[status] ?? 0) + 1;
      await pause(PAUSE_MS);
    }
  };
  const asks = (count: number, ask: Ask) => Array.from({ length: count }, () => ask);
  await Promise.all(
    [...asks(load.streams, chat), ...asks(load.plain, page), ...asks(load.exports, rows)].map(
      client,
    ),
  );
  agent.destroy();
  return answers;
}
