import { setTimeout as wait } from "node:timers/promises";

const PAUSE_MS = 250;
const PATIENCE_MS = 30_000;

/** A client that asks for one page again and again. */
export interface Watch {
  /** Answers by status so far (0: none), and the longest that one took. */
  report(): string;
  end(): Promise<void>;
}

async function statusOf(url: string): Promise<number> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}

export function watch(url: string): Watch {
  const answers: Record<number, number> = {};
  let [isOver, longestMs] = [false, 0];
  const ask = async () => {
    while (!isOver) {
      const start = performance.now();
      const status = await statusOf(url);
      answers[status] = (answers[status] ?? 0) + 1;
      longestMs = Math.max(longestMs, performance.now() - start);
      await wait(PAUSE_MS);
    }
  };
  const asking = ask();
  return {
    report: () => `answers ${JSON.stringify(answers)}, longest ${Math.round(longestMs)} ms`,
    end: () => {
      isOver = true;
      return asking;
    },
  };
}
