import { Agent, get, request } from "node:http";
import { performance } from "node:perf_hooks";

const INTERVAL_MS = 100;
const PATIENCE_MS = 30_000;
/** Whoever waits longer notices. */
const NOTICED_MS = 1000;

/** Of the example, at most: 20 a second, more than three minutes. */
const STREAM_TOKENS = 4096;

/** Tells a good answer by its status (0: none) and body. */
export type IsGood = (status: number, body: string) => boolean;

export interface Answer {
  /** When it was asked, on the clock of `Date.now`. */
  readonly atMs: number;
  readonly tookMs: number;
  readonly status: number;
  readonly isGood: boolean;
}

/** What a client noticed. */
export interface Noticed {
  /** First and last request that went wrong or waited; undefined where none did. */
  readonly span: { readonly fromMs: number; readonly toMs: number } | undefined;
  /** When good answers came, ascending. */
  readonly goodMs: readonly number[];
  readonly longestMs: number;
  /** Answers by status; 0 stands for none. */
  readonly statuses: Readonly<Record<number, number>>;
}

export interface Client {
  end(): Promise<Noticed>;
}

/** A connection of its own for each: one that is kept would outlive a listener that is closed. */
const agent = new Agent({ keepAlive: false });

function ask(url: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve) => {
    const fail = () => resolve({ status: 0, body: "" });
    const signal = AbortSignal.timeout(PATIENCE_MS);
    get(url, { agent, signal }, async (response) => {
      const chunks = await response.toArray().catch(() => undefined);
      if (!chunks) fail();
      else resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
    }).on("error", fail);
  });
}

function goodTimes(answers: readonly Answer[]): number[] {
  const good = answers.filter(({ isGood }) => isGood);
  return good.map(({ atMs, tookMs }) => atMs + tookMs).sort((a, b) => a - b);
}

/** Of the requests that went wrong or waited: from the first one's start to the next good one's after the last. */
export function noticed(answers: readonly Answer[]): Noticed {
  const sorted = answers.toSorted((a, b) => a.atMs - b.atMs);
  const isWrong = ({ isGood, tookMs }: Answer) => !isGood || tookMs > NOTICED_MS;
  const [first, last] = [sorted.findIndex(isWrong), sorted.findLastIndex(isWrong)];
  const statuses: Record<number, number> = {};
  for (const { status } of sorted) statuses[status] = (statuses[status] ?? 0) + 1;
  const [from, to] = [sorted[first], sorted[last + 1]];
  return {
    span: from && to && { fromMs: from.atMs, toMs: to.atMs },
    goodMs: goodTimes(sorted),
    longestMs: Math.max(...sorted.map(({ tookMs }) => tookMs)),
    statuses,
  };
}

/** Asks ten times a second, whatever becomes of those before. */
export function watch(url: string, isGood: IsGood): Client {
  const asked: Promise<Answer>[] = [];
  const one = async (): Promise<Answer> => {
    const [atMs, start] = [Date.now(), performance.now()];
    const { status, body } = await ask(url);
    return { atMs, tookMs: performance.now() - start, status, isGood: isGood(status, body) };
  };
  const timer = setInterval(() => asked.push(one()), INTERVAL_MS);
  return {
    end: async () => {
      clearInterval(timer);
      return noticed(await Promise.all(asked));
    },
  };
}

/** An answer of the example that streams for longer than any deploy. @returns what ends it, once its head is there */
export function openStream(origin: string): Promise<() => void> {
  const body = JSON.stringify({
    ...{ stream: true, max_tokens: STREAM_TOKENS },
    messages: [{ role: "user", content: "How is a ship loaded?" }],
  });
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    const asked = request(new URL("/api/chat/completions", origin), {
      ...{ method: "POST", headers, agent },
    });
    asked.on("error", reject).on("response", (response) => {
      response.on("error", () => undefined).resume();
      if (response.statusCode === 200) resolve(() => asked.destroy());
      else reject(new Error(`a stream got ${response.statusCode}`));
    });
    asked.end(body);
  });
}
