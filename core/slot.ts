import { OOM_SCORES } from "./allocation/oom-score.ts";
import { type Figure, Figures, type FiguresOf, valuesOf, why } from "./figure.ts";
import type { Leaves } from "./leaves.ts";
import { containerName, type Owner } from "./names.ts";
import { type NodePlan, nodeFigures, oldSpaceBytes } from "./node.ts";
import type { AppSpec } from "./spec.ts";
import {
  isWorkerClass,
  leastProcessBytes,
  processBytes,
  type WorkersPlan,
  workerFigures,
} from "./workers.ts";

/** Numbers that one slot is told, or the guard about it. */
export interface SlotNumbers {
  /** Memory that its requests may take together. */
  readonly requestBytes: number;
  /** Requests that the guard lets in at once. */
  readonly concurrency: number;
  /** Streams that may be open beside them. */
  readonly streams: number;
  readonly maxConnections: number;
  /** Database connections of all its processes. */
  readonly poolConnections: number;
  readonly processes: number;
  /** Of one process. */
  readonly processPool: number;
  /** Requests at once in one process; 0 where the guard alone decides. */
  readonly processRequests: number;
  /** Calls of a language model at once in one process; 0 for no limit. */
  readonly processLlmRequests: number;
  readonly oomScore: number;
}

/** One app container and every number it is told. */
export interface SlotPlan extends SlotNumbers {
  readonly service: string;
  /** From 1. */
  readonly index: number;
  /** `chat-1`. */
  readonly name: string;
  readonly container: string;
  readonly node: NodePlan | undefined;
  readonly workers: WorkersPlan | undefined;
}

/** A slot's figures, in the shape of its plan. */
export interface SlotFigures {
  readonly numbers: FiguresOf<SlotNumbers>;
  readonly node: FiguresOf<NodePlan> | undefined;
  readonly workers: FiguresOf<WorkersPlan> | undefined;
}

export interface SlotInputs {
  /** `chat-1`. */
  readonly name: string;
  readonly service: string;
  readonly app: AppSpec;
  readonly limit: Figure<number>;
  readonly config: Leaves;
  /** Undefined where there is no Postgres. */
  readonly pool: Figure<number> | undefined;
}

/** Connections that one slot accepts; beyond it the kernel's queue waits. */
const MAX_CONNECTIONS = 80;
/** Half for streams: the rest stays for short requests and the guard's idle sockets. */
const STREAM_SHARE = 1 / 2;
/** Share of the free memory sold to requests; the rest is the program itself and garbage not yet collected. */
const SOLD_PERCENT = 80;

/** What of a slot's limit requests may hold together, in bytes, with one process. */
export function soldBytes({
  runtime,
  limitBytes,
}: Pick<AppSpec, "runtime" | "limitBytes">): number {
  const roomBytes = runtime === "node" ? oldSpaceBytes(limitBytes) : limitBytes;
  const takenBytes = isWorkerClass(runtime) ? leastProcessBytes() : 0;
  return ((roomBytes - takenBytes) * SOLD_PERCENT) / 100;
}

export function slotFigures(inputs: SlotInputs): SlotFigures {
  const { name, service, app, limit, config } = inputs;
  const key = `services.${service}`;
  const figures = new Figures(name, { source: "a slot's connections", writtenIn: "environment" });
  const own = config.find(`${key}.maxConnections`);
  const maxConnections = figures.count(
    "max_connections",
    own?.value ?? MAX_CONNECTIONS,
    own ? why`${own}` : why`requests, streams and idle sockets of one process`,
  );
  const { runtime } = app;
  const node =
    runtime === "node" ? nodeFigures(name, limit, config.find(`${key}.heap`)) : undefined;
  const workers = isWorkerClass(runtime)
    ? workerFigures({
        ...{ who: name, key, runtime, limit, config, maxConnections },
        streams: app.streaming ?? false,
      })
    : undefined;
  return { node, workers, numbers: numbersOf(inputs, { maxConnections, node, workers }) };
}

interface Parts {
  readonly maxConnections: Figure<number>;
  readonly node: FiguresOf<NodePlan> | undefined;
  readonly workers: FiguresOf<WorkersPlan> | undefined;
}

function numbersOf(inputs: SlotInputs, parts: Parts): FiguresOf<SlotNumbers> {
  const { name, service, config } = inputs;
  const { maxConnections } = parts;
  const roomBytes = room(inputs, parts);
  const figures = new Figures(name, { source: "a slot's connections", writtenIn: "environment" });
  const ownStreams = config.find(`services.${service}.streams`);
  const streams = figures.count(
    "streams",
    ownStreams?.value ?? Math.floor(maxConnections.value * STREAM_SHARE),
    ownStreams ? why`${ownStreams}` : why`half of ${maxConnections}`,
  );
  return {
    maxConnections,
    streams,
    requestBytes: roomBytes,
    concurrency: concurrency(inputs, { maxConnections, streams, roomBytes }),
    ...perProcess(inputs, parts.workers?.workers),
    oomScore: figures.count("oom_score_adj", OOM_SCORES.app, why`slots die before the stores`),
  };
}

/** Memory that requests may take: the heap, or what the processes leave of the limit. */
function room(
  { name, limit }: SlotInputs,
  { node, workers }: Pick<Parts, "node" | "workers">,
): Figure<number> {
  if (node) return node.oldSpaceBytes;
  const figures = new Figures(name, { source: "a slot's memory" });
  if (!workers) return limit;
  return figures.bytes(
    "request_memory",
    limit.value - processBytes(workers),
    why`${limit} - 30 MiB - ${workers.workers} x ${workers.workerBytes}`,
  );
}

function concurrency(
  inputs: SlotInputs,
  parts: Readonly<Record<"maxConnections" | "streams" | "roomBytes", Figure<number>>>,
): Figure<number> {
  const { name, service, config } = inputs;
  const { maxConnections, streams, roomBytes } = parts;
  const figures = new Figures(name, {
    source: "memory sold to requests",
    writtenIn: "environment",
  });
  const perRequest = config.number(`services.${service}.memoryPerRequest`);
  const byMemory = Math.floor((roomBytes.value * SOLD_PERCENT) / 100 / perRequest.value);
  const free = maxConnections.value - streams.value;
  return figures.count(
    "concurrency",
    Math.max(1, Math.min(byMemory, free)),
    why`${SOLD_PERCENT} % of ${roomBytes} / ${perRequest}, at most ${maxConnections} - ${streams}`,
  );
}

/** A limit of the whole app is a share of it in each process: nobody counts across processes. */
function perProcess(
  { name, service, pool, config }: SlotInputs,
  workers: Figure<number> | undefined,
) {
  const source = "divided over processes";
  const figures = new Figures(name, { source, writtenIn: "environment" });
  const inner = new Figures(name, { source });
  const processes = workers ?? inner.count("processes", 1, why`one process in a slot`);
  const slots = config.number(`services.${service}.slots`);
  const share = (setting: string, total: Figure<number> | undefined): Figure<number> =>
    total
      ? figures.count(
          setting,
          Math.floor(total.value / slots.value / processes.value),
          why`${total} / ${slots} slots / ${processes} processes`,
        )
      : inner.count(setting, 0, why`no limit of its own`);
  return {
    processes,
    poolConnections: pool ?? inner.count("database_pool", 0, why`no database`),
    processPool: pool
      ? figures.count(
          "database_pool_max",
          Math.floor(pool.value / processes.value),
          why`${pool} / ${processes} processes`,
        )
      : inner.count("database_pool_max", 0, why`no database`),
    processRequests: share("max_concurrent_requests", config.find(`services.${service}.requests`)),
    processLlmRequests: share(
      "llm_concurrent_limit",
      config.find(`services.${service}.llmRequests`),
    ),
  };
}

/** One container of a service. */
export interface SlotPlace {
  readonly service: string;
  /** From 1. */
  readonly index: number;
}

export function slotName({ service, index }: SlotPlace): string {
  return `${service}-${index}`;
}

/** The plain values of a slot's figures. */
export function slotPlan(owner: Owner, place: SlotPlace, figures: SlotFigures): SlotPlan {
  const { numbers, node, workers } = figures;
  return {
    ...place,
    name: slotName(place),
    container: containerName(owner, place.service, place.index),
    node: node && valuesOf<NodePlan>(node),
    workers: workers && valuesOf<WorkersPlan>(workers),
    ...valuesOf<SlotNumbers>(numbers),
  };
}
