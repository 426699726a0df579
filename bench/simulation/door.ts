import type { IncomingMessage } from "node:http";
import { MIB } from "../../core/units.ts";
import { Admission } from "../../guard/admission.ts";
import { Backend } from "../../guard/backend.ts";
import { parseBackends } from "../../guard/backend-settings.ts";
import { NO_CONFIG } from "../../guard/guard-config.ts";
import { INTEGER_ENTRIES, type IntegerSettings } from "../../guard/integer-settings.ts";
import { Log } from "../../guard/log.ts";
import { Pool } from "../../guard/pool.ts";
import { parseRoute } from "../../guard/route-settings.ts";
import { QUEUE_TIMEOUT_MS } from "../overload/arms/queue-timeout.ts";
import type { Arrival } from "../overload/arrivals.ts";
import type { SimulatedBackend } from "./backend.ts";

const HOST_BYTES = 4000 * MIB;
const HOST_USED_BYTES = 1000 * MIB;
const ESTIMATED_MB = 200;
const PERCENTS = { warningPercent: 70, maxPercent: 80, criticalPercent: 85 };
const CLIENT = { remoteAddress: "127.0.0.1" };
const DEFAULTS = Object.fromEntries(
  INTEGER_ENTRIES.map(([key, rule]) => [key, rule.default]),
) as IntegerSettings;

/** The guard's admission, as it is, in front of simulated memory. */
export class Door {
  readonly #admission: Admission;
  readonly #backend: Backend;
  readonly #pool: Pool;

  /** @param hints whether heavy requests say how large they are. */
  constructor(backend: SimulatedBackend, hints: boolean) {
    const settings = {
      ...DEFAULTS,
      ...PERCENTS,
      acquireTimeoutMs: QUEUE_TIMEOUT_MS,
      estimatedMb: ESTIMATED_MB,
      observe: false,
      config: { ...NO_CONFIG, routes: routes(hints) },
      costFile: undefined,
    };
    const log = new Log("error");
    const [at] = parseBackends(
      "slot=http://127.0.0.1:1;concurrency=1000;streams=1000;cgroup=x",
      1,
      stop,
    );
    if (at === undefined) throw new Error("no backend");
    this.#admission = new Admission(settings, log, sources(backend));
    this.#backend = new Backend(at, settings, log);
    this.#admission.attach([this.#backend]);
    this.#pool = new Pool(["/"], [this.#backend], settings);
  }

  acquire({ kind, declaredBytes }: Arrival): ReturnType<Pool["acquire"]> {
    const url = `/${kind}?size=${declaredBytes}`;
    const request = { method: "GET", url, headers: {}, socket: CLIENT };
    return this.#pool.acquire(this.#admission.askFor(request as IncomingMessage, false));
  }

  close(): void {
    this.#admission.close();
    this.#backend.close();
  }
}

function sources(backend: SimulatedBackend) {
  const close = () => {};
  const host = () => {
    const { usedBytes, ...rest } = backend.read();
    return {
      ...rest,
      usedBytes: usedBytes + HOST_USED_BYTES,
      limitBytes: HOST_BYTES,
      generation: 0,
    };
  };
  return {
    host: () => ({ read: host, close }),
    cgroup: () => ({ read: () => backend.read(), close }),
  };
}

/** As the overload bench tells them to the guard. */
function routes(hints: boolean) {
  const size = { from: "query", name: "size", bytesPerUnit: 1 };
  return [
    { name: "light", path: "/light", criticality: "critical" },
    { name: "heavy", path: "/heavy", ...(hints && { size }) },
    { name: "stream", path: "/stream" },
  ].map((route) => parseRoute(route, "route", stop));
}

function stop(problem: string): never {
  throw new Error(problem);
}
