import net from "node:net";

/** A container's restart takes seconds; a connect that is refused costs a fraction of a millisecond. */
const INTERVAL_MS = 500;
/** Up to a quarter more, so that the probes of several slots spread. */
const JITTER_MS = 125;

export interface Target {
  readonly host: string;
  readonly port: number;
}

/** Connects to a port again and again until it is open. Sends nothing. */
export class ConnectProbe {
  readonly #target: Target;
  readonly #opened: () => void;
  #timer: NodeJS.Timeout | undefined;
  #socket: net.Socket | undefined;

  /** @param opened called once for each `start`, when the port is open. */
  constructor(target: Target, opened: () => void) {
    this.#target = target;
    this.#opened = opened;
  }

  start(): void {
    if (this.#timer === undefined) this.#wait();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#socket?.destroy();
  }

  #wait(): void {
    const waitMs = INTERVAL_MS + JITTER_MS * Math.random();
    this.#timer = setTimeout(() => this.#try(), waitMs).unref();
  }

  #try(): void {
    const socket = net.connect({ ...this.#target, timeout: INTERVAL_MS }).unref();
    this.#socket = socket;
    let isOpen = false;
    socket.once("connect", () => {
      isOpen = true;
      socket.destroy();
    });
    socket.once("timeout", () => socket.destroy());
    socket.on("error", () => {});
    socket.once("close", () => {
      if (this.#timer === undefined) return;
      if (!isOpen) {
        this.#wait();
        return;
      }
      this.#timer = undefined;
      this.#opened();
    });
  }
}
