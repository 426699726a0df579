import type { Ask } from "./ask.ts";
import type { Backend } from "./backend.ts";
import type { LeaseLedger } from "./leases.ts";
import type { RouteSettings } from "./route-settings.ts";

/** Leases are promised what they ask for; what they take by it is learned to be shown. */
const ROUTE: RouteSettings = {
  name: "lease",
  path: "",
  method: undefined,
  criticality: "normal",
  costBytes: undefined,
  size: { from: "query", name: "bytes", bytesPerUnit: 1 },
  singleFlight: undefined,
  maxResultBytes: undefined,
};

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
    // Asked first: an idle backend would take one of any size.
    if (backend.gate.isBeyond(ask)) return "too_large";
    const binding = backend.gate.binding(ask);
    if (binding !== "none") return binding;
    const account = backend.gate.admit(ask);
    return () => account.ended("completed");
  }
}

function askFor(backend: string, bytes: number): Ask {
  return {
    stream: false,
    route: { name: ROUTE.name, settings: ROUTE, size: bytes },
    cost: { meanBytes: bytes, spreadBytes: 0 },
    criticality: ROUTE.criticality,
    client: backend,
    deadlineMs: Number.POSITIVE_INFINITY,
  };
}
