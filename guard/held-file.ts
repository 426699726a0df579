import { closeSync, openSync, readSync } from "node:fs";

/** The longest of the files that are read, memory.stat, has about 2 KB. */
const BUFFER = Buffer.alloc(16 * 1024);

/** A file of the kernel's that is open all the time: a read costs a few microseconds and no allocation beside its text. */
export class HeldFile {
  #descriptor: number | undefined;

  /** @throws an ErrnoException when it cannot be opened. */
  constructor(path: string) {
    this.#descriptor = openSync(path, "r");
  }

  /** @throws an ErrnoException when it is gone: the file of a removed cgroup stays open and answers ENODEV. */
  read(): string {
    if (this.#descriptor === undefined) return "";
    const length = readSync(this.#descriptor, BUFFER, 0, BUFFER.length, 0);
    return BUFFER.toString("latin1", 0, length);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

/** The file, or undefined where there is none that can be read. */
export function holdOptional(path: string): HeldFile | undefined {
  try {
    return new HeldFile(path);
  } catch {
    return undefined;
  }
}

/** The number behind `key` on a line of its own, as in memory.stat. */
export function numberOf(text: string, key: string): number | undefined {
  const at = text.startsWith(`${key} `) ? 0 : text.indexOf(`\n${key} `) + 1;
  if (at === 0 && !text.startsWith(`${key} `)) return undefined;
  const value = Number.parseInt(text.slice(at + key.length + 1), 10);
  return Number.isSafeInteger(value) ? value : undefined;
}
