import { Figures, type FiguresOf, why } from "./figure.ts";
import { MIB, MINUTE_MS, SECOND_MS } from "./units.ts";

/** Numbers that every container is made with. */
export interface ContainerPlan {
  readonly healthIntervalMs: number;
  readonly healthTimeoutMs: number;
  readonly healthStartMs: number;
  readonly healthRetries: number;
  /** How long the first healthy answer may take. */
  readonly startTimeoutMs: number;
  /** Of one log file. */
  readonly logFileBytes: number;
  readonly logFiles: number;
  /** `/tmp`, which counts in the limit. */
  readonly tmpBytes: number;
}

export function containerFigures(): FiguresOf<ContainerPlan> {
  const figures = new Figures("container", { source: "every container", writtenIn: "container" });
  return {
    healthIntervalMs: figures.ms(
      "health_interval",
      10 * SECOND_MS,
      why`swift enough for a deploy; a check starts a program in the container, which a small server feels`,
    ),
    healthTimeoutMs: figures.ms("health_timeout", 15 * SECOND_MS, why`a server that swaps is slow`),
    healthStartMs: figures.ms("health_start", MINUTE_MS, why`a start may fail its checks so long`),
    healthRetries: figures.count("health_retries", 4, why`one lost answer is no failure`),
    startTimeoutMs: figures.ms("start_timeout", 2 * MINUTE_MS, why`a cold start on a slow disk`),
    logFileBytes: figures.bytes("log_max_size", 10 * MIB, why`a day of a busy container`),
    logFiles: figures.count("log_max_file", 3, why`30 MiB a container`),
    tmpBytes: figures.bytes(
      "tmp",
      16 * MIB,
      why`config file and request bodies; counts in the limit`,
    ),
  };
}
