import { readFileSync } from "node:fs";

const MEMINFO = "/proc/meminfo";

/**
 * Used memory of the whole server in percent: 100 * (1 - MemAvailable / MemTotal). Inside a container too, as
 * /proc/meminfo is the server's. Undefined where there is no such file.
 */
export function memoryPercent(path = MEMINFO): number | undefined {
  const meminfo = readOptional(path);
  const total = kibibytes(meminfo, "MemTotal");
  const available = kibibytes(meminfo, "MemAvailable");
  if (total === undefined || available === undefined) return undefined;
  return 100 * (1 - available / total);
}

function readOptional(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function kibibytes(meminfo: string, name: string): number | undefined {
  const text = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(meminfo)?.[1];
  return text === undefined ? undefined : Number(text);
}
