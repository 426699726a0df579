const PAGE_BYTES = 4096;
const STEP_MS = 20;
const PIECE_BYTES = 2 ** 20;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Node 22 and later; the container has 24. */
type Transferable = ArrayBuffer & { transfer(bytes: number): ArrayBuffer };

/** Memory outside V8's heap that is really touched, page by page, and given back to the kernel when freed. */
export class Ballast {
  #pieces: Uint8Array<ArrayBuffer>[] = [];

  /** Touches `bytes` evenly over a time; the kernel gives the pages as they are touched. */
  async fill(bytes: number, durationMs: number): Promise<void> {
    const memory = new Uint8Array(new ArrayBuffer(Math.max(1, Math.round(bytes))));
    this.#pieces.push(memory);
    const begin = performance.now();
    for (let done = 0; done < memory.length; ) {
      const share = durationMs > 0 ? Math.min(1, (performance.now() - begin) / durationMs) : 1;
      const end = Math.round(memory.length * share);
      for (; done < end; done += PAGE_BYTES) memory[done] = 1;
      if (done < memory.length) await pause(STEP_MS);
    }
  }

  /** Holds about this much, in pieces of 1 MiB. */
  async resize(bytes: number): Promise<void> {
    const count = Math.round(bytes / PIECE_BYTES);
    while (this.#pieces.length > count) release(this.#pieces.pop());
    while (this.#pieces.length < count) await this.fill(PIECE_BYTES, 0);
  }

  free(): void {
    for (const piece of this.#pieces.splice(0)) release(piece);
  }
}

/** A transfer to nothing frees at once; the garbage collector would take its time. */
function release(memory?: Uint8Array<ArrayBuffer>): void {
  (memory?.buffer as Transferable | undefined)?.transfer(0);
}
