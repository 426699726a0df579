import { type HeldFile, holdOptional } from "./held-file.ts";
import type { MemoryReading } from "./memory-reading.ts";

const MEMINFO = "/proc/meminfo";
const PRESSURE = "/proc/pressure/memory";
const KIB = 1_024;
const US_PER_MS = 1_000;

/** The server's memory; inside a container too, as /proc/meminfo is the server's. */
export class Meminfo {
  readonly #meminfo: HeldFile | undefined;
  readonly #pressure: HeldFile | undefined;

  constructor(path = MEMINFO, pressurePath = PRESSURE) {
    this.#meminfo = holdOptional(path);
    this.#pressure = holdOptional(pressurePath);
  }

  /** Undefined where there is no such file, or no MemAvailable in it. */
  read(): MemoryReading | undefined {
    const text = attempt(this.#meminfo) ?? "";
    const totalBytes = bytesOf(text, "MemTotal");
    const availableBytes = bytesOf(text, "MemAvailable");
    if (totalBytes === undefined || availableBytes === undefined) return undefined;
    return {
      usedBytes: Math.max(0, totalBytes - availableBytes),
      limitBytes: totalBytes,
      oomKills: undefined,
      stallMs: stallOf(attempt(this.#pressure)),
      generation: 0,
    };
  }

  close(): void {
    this.#meminfo?.close();
    this.#pressure?.close();
  }
}

function attempt(file: HeldFile | undefined): string | undefined {
  try {
    return file?.read();
  } catch {
    return undefined;
  }
}

function bytesOf(meminfo: string, name: string): number | undefined {
  const text = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(meminfo)?.[1];
  return text === undefined ? undefined : Number(text) * KIB;
}

function stallOf(text = ""): number | undefined {
  const total = /^full .*total=(\d+)/m.exec(text)?.[1];
  return total === undefined ? undefined : Number(total) / US_PER_MS;
}
