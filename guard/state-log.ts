import type { Band } from "./band.ts";
import type { Log } from "./log.ts";
import type { AdmissionState, BackendState } from "./state.ts";

/** What is compared from one look to the next. */
interface Seen {
  readonly action: Band;
  readonly concurrency: number;
}

/** A band that is left within it is no news. */
const INTERVAL_MS = 1_000;
const WHOLE = "host";

/** Writes a line when memory is in another band, or the number of permits has changed: of the server, and of each backend. */
export class StateLog {
  readonly #state: () => AdmissionState;
  readonly #log: Log;
  readonly #seen = new Map<string, Seen>();
  #timer: NodeJS.Timeout | undefined;

  constructor(state: () => AdmissionState, log: Log) {
    this.#state = state;
    this.#log = log;
  }

  start(): void {
    this.look();
    this.#timer = setInterval(() => this.look(), INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  look(): void {
    const { host, backends } = this.#state();
    const sum = (key: "active" | "limit") =>
      backends.reduce((total, backend) => total + backend[key], 0);
    const whole = { memory: host, limit: sum("limit"), active: sum("active") };
    this.#compare(WHOLE, whole);
    for (const backend of backends) this.#compare(backend.name, backend);
  }

  #compare(
    node: string,
    { memory, limit, active }: Pick<BackendState, "memory" | "limit" | "active">,
  ): void {
    const action = memory?.band ?? "NORMAL";
    const before = this.#seen.get(node);
    this.#seen.set(node, { action, concurrency: limit });
    if (before === undefined) return;
    if (before.action === action && before.concurrency === limit) return;
    this.#log.info("concurrency adjusted", {
      node,
      action,
      memory_percent: memory?.percent === undefined ? null : Number(memory.percent.toFixed(1)),
      old_concurrency: before.concurrency,
      new_concurrency: limit,
      active_tasks: active,
    });
  }
}
