import type { Plan } from "./plan.ts";
import { MIB, SECOND_MS } from "./units.ts";

/** What a container serves: decides how long its replacement takes. */
export type Role = "postgres" | "cache" | "store" | "guard" | "nginx" | "app";

/** How long a container that is replaced serves nobody. */
export interface Away {
  /** From its last answer to the next one's first, with nothing open when it has to stop, in ms. */
  readonly awayMs: number;
  /** What its stop may take on top, until Docker kills it, in ms. */
  readonly graceMs: number;
}

type Known = Pick<Plan, "postgres" | "redis" | "timeouts" | "container">;

/**
 * From the stop signal to the first answer, with nothing open and little to write or read. Measured with Docker on the
 * same machine, two processors that were busy with other work; docs/measurements/outages.md.
 */
const IDLE_MS: Readonly<Record<Role, number>> = {
  postgres: 2100,
  cache: 1400,
  store: 500,
  guard: 1200,
  nginx: 600,
  // The example, found by the guard within half a second; another app may take longer.
  app: 2200,
};
/** A last checkpoint of full buffers: a small server's disk. Measured with a swifter one: 740 MiB/s. */
const WRITTEN_BYTES_PER_S = 100 * MIB;
/** A store's data, read from disk and put into memory. Measured: 330 MiB/s of values that pack well. */
const LOADED_BYTES_PER_S = 100 * MIB;

const timeMs = (bytes: number, bytesPerS: number) => (bytes / bytesPerS) * SECOND_MS;

/** What it holds at the most is written when it stops, or read when it starts, in ms. */
function dataMs({ postgres, redis }: Known, role: Role, service: string): number {
  if (role === "postgres")
    return timeMs(postgres[service]?.sharedBuffersBytes ?? 0, WRITTEN_BYTES_PER_S);
  if (role === "store") return timeMs(redis[service]?.maxmemoryBytes ?? 0, LOADED_BYTES_PER_S);
  return 0;
}

function graceMs({ timeouts }: Known, role: Role): number {
  if (role === "postgres") return timeouts.dataStopGraceMs;
  return role === "cache" || role === "store" ? timeouts.cacheStopGraceMs : timeouts.stopGraceMs;
}

/** One container of a service, replaced by itself. */
export function awayOf(plan: Known, role: Role, service: string): Away {
  return {
    awayMs: IDLE_MS[role] + dataMs(plan, role, service),
    graceMs: graceMs(plan, role),
  };
}

/**
 * nginx, where the guard behind it is replaced too: it is stopped first and started last, when the guard has passed its
 * first health check. Nobody reaches the guard meanwhile, so it has nothing to end.
 */
export function awayWithGuard(plan: Known): Away {
  const nginx = awayOf(plan, "nginx", "nginx");
  const guard = awayOf(plan, "guard", "guard");
  return { ...nginx, awayMs: nginx.awayMs + guard.awayMs + plan.container.healthIntervalMs };
}
