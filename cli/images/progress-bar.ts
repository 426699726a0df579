import { SingleBar } from "cli-progress";
import type { Report } from "../report.ts";

const MIB = 1024 ** 2;
const STEP_PERCENT = 10;

export interface ProgressBar {
  advance(bytes: number): void;
  stop(): void;
}

/** A bar where a person watches; elsewhere a line of the report for each tenth. */
export function startProgressBar(totalBytes: number, report: Report): ProgressBar {
  return process.stderr.isTTY ? terminalBar(totalBytes) : reportedBar(totalBytes, report);
}

function terminalBar(totalBytes: number): ProgressBar {
  const format = "  {bar} {percentage} % of {total} MiB, {eta_formatted} left";
  const bar = new SingleBar({
    format,
    clearOnComplete: true,
    hideCursor: true,
    stream: process.stderr,
  });
  bar.start(Math.ceil(totalBytes / MIB), 0);
  let sentBytes = 0;
  const advance = (bytes: number) => {
    sentBytes += bytes;
    bar.update(Math.floor(sentBytes / MIB));
  };
  return { advance, stop: () => bar.stop() };
}

function reportedBar(totalBytes: number, report: Report): ProgressBar {
  let sentBytes = 0;
  let shownPercent = 0;
  const advance = (bytes: number) => {
    sentBytes += bytes;
    const percent = Math.min(100, Math.floor((100 * sentBytes) / totalBytes));
    if (percent < shownPercent + STEP_PERCENT) return;
    shownPercent = percent - (percent % STEP_PERCENT);
    report.detail(`sent ${shownPercent} % of ${Math.ceil(totalBytes / MIB)} MiB`);
  };
  return { advance, stop: () => undefined };
}
