import { isNamed } from "./headers.ts";

type RawHeaders = readonly string[];

/** What a backend says of one request's memory: `Server-Timing: mem;dur=12.5`, in MiB. */
const NAME = "server-timing";
const METRIC = /^\s*mem\s*;(?:.*;)?\s*dur\s*=\s*"?(\d{1,6}(?:\.\d{1,6})?)"?\s*(?:;|$)/i;
const MIB = 2 ** 20;

/** The peak memory that the backend says it took for this request. */
export function memoryHintBytes(rawHeaders: RawHeaders): number | undefined {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (!isNamed(rawHeaders[index], NAME)) continue;
    for (const metric of (rawHeaders[index + 1] ?? "").split(",")) {
      const text = METRIC.exec(metric)?.[1];
      if (text !== undefined) return Math.round(Number(text) * MIB);
    }
  }
  return undefined;
}

/** The headers as the client gets them: what a request costs is nobody else's business. */
export function withoutMemoryHint(rawHeaders: RawHeaders): string[] {
  const kept: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const value = rawHeaders[index + 1] ?? "";
    const rest = isNamed(name, NAME) ? withoutMetric(value) : value;
    if (rest !== undefined) kept.push(name, rest);
  }
  return kept;
}

function withoutMetric(value: string): string | undefined {
  const metrics = value.split(",");
  const others = metrics.filter((metric) => !METRIC.test(metric));
  if (others.length === metrics.length) return value;
  return others.length === 0 ? undefined : others.join(",").trim();
}
