import type { Ask } from "./ask.ts";
import type { Backend } from "./backend.ts";
import type { LeaseLedger } from "./leases.ts";

/** Under which the cost of leases is known: as much as was asked for. */
const ROUTE = "lease";

/** Counts the bytes of leases where those of requests are counted: at the gate of each backend. */
export class GateLedger implements LeaseLedger {
  readonly #backends: () => readonly Backend[];

  constructor(backends: () => readonly Backend[]) {
    this.#backends = backends;
  }

  reserve(name: string, bytes: number): (() => void) | string {
    const backend = this.#backends().find(({ settings }) => settings.name === name);
    if (backend === undefined) return "no_such_backend";
    const ask = askFor(name, bytes);
    const binding = backend.gate.binding(ask);
    if (binding !== "none") return binding;
    const account = backend.gate.admit(ask);
    // It holds memory for as long as it lasts, and its holder does the work.
    account.becameStream();
    return () => account.ended("completed");
  }
}

function askFor(backend: string, bytes: number): Ask {
  return {
    stream: false,
    route: { name: ROUTE, settings: undefined, size: bytes },
    cost: { meanBytes: bytes, spreadBytes: 0 },
    criticality: "normal",
    client: backend,
    deadlineMs: Number.POSITIVE_INFINITY,
  };
}
