import { type Figure, Figures, type FiguresOf, why } from "./figure.ts";
import type { Leaves } from "./leaves.ts";
import type { TimeoutsPlan } from "./timeouts.ts";

/** What the guard is told beside its backends. */
export interface GuardPlan {
  readonly port: number;
  readonly adminPort: number;
  /** Requests that may wait for a permit, for each app. */
  readonly queueRequests: number;
  /** Memory in use from which it lets in less, 0..100. */
  readonly warningPercent: number;
  /** From which background work waits. */
  readonly highPercent: number;
  /** From which it refuses. */
  readonly criticalPercent: number;
  readonly mallocArenas: number;
}

const PORTS = { proxy: 8080, admin: 9180 } as const;
/** A waiting request costs two socket buffers, some 40 KB: 5 MiB together. */
const MAX_QUEUE = 128;
const THRESHOLDS = { warning: 70, high: 80, critical: 85 } as const;
/** One busy thread. */
const MALLOC_ARENAS = 2;

export interface GuardInputs {
  readonly config: Leaves;
  readonly timeouts: FiguresOf<TimeoutsPlan>;
  /** Requests a second of the busiest app. */
  readonly rate: Figure<number>;
}

export function guardFigures({ config, timeouts, rate }: GuardInputs): FiguresOf<GuardPlan> {
  const figures = new Figures("guard", { source: "guard", writtenIn: "environment" });
  const threshold = (key: keyof typeof THRESHOLDS) => {
    const own = config.find(`guard.${key}Percent`);
    const because = own ? why`${own}` : why`used memory, below the kernel's own reclaim`;
    return figures.percent(`${key}_percent`, own?.value ?? THRESHOLDS[key], because);
  };
  const own = config.find("guard.queue");
  const served = Math.ceil((rate.value * timeouts.acquireMs.value) / 1000);
  return {
    port: figures.count("port", PORTS.proxy, why`in the container`),
    adminPort: figures.count("admin_port", PORTS.admin, why`in the container`),
    queueRequests: own
      ? figures.count("queue_requests", own.value, why`${own}`)
      : figures.count(
          "queue_requests",
          Math.max(1, Math.min(MAX_QUEUE, served)),
          why`what ${rate} serves within ${timeouts.acquireMs}, at most ${MAX_QUEUE}`,
        ),
    warningPercent: threshold("warning"),
    highPercent: threshold("high"),
    criticalPercent: threshold("critical"),
    mallocArenas: figures.count("malloc_arena_max", MALLOC_ARENAS, why`one busy thread`),
  };
}
