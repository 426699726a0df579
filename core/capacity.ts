import { type Figure, Figures, why } from "./figure.ts";
import type { Leaves } from "./leaves.ts";
import { SECOND_MS } from "./units.ts";

/** How much of one kind a layer carries. */
export interface Layer {
  /** `guard permits`. */
  readonly name: string;
  readonly figure: Figure<number>;
}

/** The smallest layer binds: more of any other one changes nothing. */
export interface Bound {
  readonly value: Figure<number>;
  readonly binding: string;
  readonly layers: readonly Layer[];
}

/** What the server carries. */
export interface Capacity {
  readonly requests: Bound;
  readonly streams: Bound;
  readonly requestsPerSecond: Bound;
  /** What a request is taken to need: of time, of the cpu, of a database connection. */
  readonly assumed: Readonly<Record<"serviceTime" | "cpuTime" | "databaseTime", Figure<number>>>;
}

/** One slot, as far as it matters here. */
export interface CapacitySlot {
  readonly service: string;
  readonly concurrency: Figure<number>;
  readonly streams: Figure<number>;
  readonly maxConnections: Figure<number>;
}

export interface CapacityInputs {
  readonly config: Leaves;
  readonly slots: readonly CapacitySlot[];
  readonly nginx: Readonly<Record<"workers" | "workerConnections", Figure<number>>>;
  /** Database connections of all pools; undefined where there is no database. */
  readonly pools: Figure<number> | undefined;
}

/** A short request of an API that asks its database: until it is measured, as the config may say. */
const SERVICE_TIME_MS = 500;
const CPU_TIME_MS = 10;
const DATABASE_TIME_MS = 20;
const CONNECTIONS_PER_CLIENT = 2;
const SOURCE = { source: "minimum over the layers" } as const;

function sum(figures: Figures, setting: string, parts: readonly Figure<number>[]): Figure<number> {
  const value = parts.reduce((total, part) => total + part.value, 0);
  const told = figures.count(setting, value, why`the slots' together`);
  return { ...told, inputs: parts.map(({ id }) => id) };
}

function smallest(figures: Figures, setting: string, layers: readonly Layer[]): Bound {
  const [first, ...others] = layers;
  if (!first) throw new Error(`capacity ${setting} has no layers`);
  const least = others.reduce(
    (low, layer) => (layer.figure.value < low.figure.value ? layer : low),
    first,
  );
  const { unit } = least.figure;
  const reason = why`the smallest of ${layers.length} layers: ${least.figure}`;
  const value = {
    ...(unit === "perSecond"
      ? figures.perSecond(setting, least.figure.value, reason)
      : figures.count(setting, least.figure.value, reason)),
    inputs: layers.map(({ figure }) => figure.id),
  };
  return { value, binding: least.name, layers };
}

/** The slowest of the apps' own times, or what a short request takes. */
function time(inputs: CapacityInputs, key: string, otherwise: number): Figure<number> {
  const services = [...new Set(inputs.slots.map(({ service }) => service))];
  const own = services.flatMap((name) => inputs.config.find(`services.${name}.${key}`) ?? []);
  const figures = new Figures("capacity", { source: "assumption: an API request" });
  const assumed = figures.ms(
    key,
    otherwise,
    why`assumed; set services.<app>.${key} to what you measure`,
  );
  return own.reduce((slow, each) => (each.value > slow.value ? each : slow), own[0] ?? assumed);
}

function requestLayers(inputs: CapacityInputs, figures: Figures): Layer[] {
  const { slots, nginx } = inputs;
  const clients = Math.floor(
    (nginx.workers.value * nginx.workerConnections.value) / CONNECTIONS_PER_CLIENT,
  );
  return [
    {
      name: "memory of the slots",
      figure: sum(
        figures,
        "permits",
        slots.map(({ concurrency }) => concurrency),
      ),
    },
    {
      name: "connections of the slots",
      figure: sum(
        figures,
        "connections",
        slots.map(({ maxConnections }) => maxConnections),
      ),
    },
    {
      name: "connections of nginx",
      figure: figures.count(
        "clients",
        clients,
        why`${nginx.workers} x ${nginx.workerConnections} / ${CONNECTIONS_PER_CLIENT}`,
      ),
    },
  ];
}

function streamLayers(inputs: CapacityInputs, figures: Figures, clients: Layer): Layer[] {
  const services = [...new Set(inputs.slots.map(({ service }) => service))];
  const llm = services.flatMap((name) => inputs.config.find(`services.${name}.llmRequests`) ?? []);
  return [
    {
      name: "streams of the slots",
      figure: sum(
        figures,
        "slot_streams",
        inputs.slots.map(({ streams }) => streams),
      ),
    },
    clients,
    ...(llm.length === services.length
      ? [{ name: "calls of the language model", figure: sum(figures, "llm_calls", llm) }]
      : []),
  ];
}

/** Work that a layer finishes in a second when each piece takes so long. */
function rate(
  figures: Figures,
  setting: string,
  [at, each]: readonly [Figure<number>, Figure<number>],
): Figure<number> {
  const perSecond = Math.floor((at.value * SECOND_MS) / each.value);
  return figures.perSecond(setting, perSecond, why`${at} at once / ${each}`);
}

function assumptions(inputs: CapacityInputs): Capacity["assumed"] {
  return {
    serviceTime: time(inputs, "serviceTime", SERVICE_TIME_MS),
    cpuTime: time(inputs, "cpuTime", CPU_TIME_MS),
    databaseTime: time(inputs, "databaseTime", DATABASE_TIME_MS),
  };
}

function rateLayers(
  { config, pools }: CapacityInputs,
  permits: Figure<number>,
  assumed: Capacity["assumed"],
): Layer[] {
  const figures = new Figures("capacity", SOURCE);
  const memory = rate(figures, "memory_rate", [permits, assumed.serviceTime]);
  const cpu = rate(figures, "cpu_rate", [config.number("server.cpus"), assumed.cpuTime]);
  const layers = [
    { name: "memory of the slots", figure: memory },
    { name: "cpus", figure: cpu },
  ];
  if (!pools) return layers;
  const database = rate(figures, "database_rate", [pools, assumed.databaseTime]);
  return [...layers, { name: "database connections", figure: database }];
}

/** Concurrent requests, streams and requests a second: each the minimum over the layers. */
export function capacityOf(inputs: CapacityInputs): Capacity | undefined {
  if (inputs.slots.length === 0) return undefined;
  const figures = new Figures("capacity", SOURCE);
  const assumed = assumptions(inputs);
  const requests = smallest(figures, "requests", requestLayers(inputs, figures));
  const [, , clients] = requests.layers as [Layer, Layer, Layer];
  return {
    requests,
    streams: smallest(figures, "streams", streamLayers(inputs, figures, clients)),
    requestsPerSecond: smallest(
      figures,
      "requests_per_second",
      rateLayers(inputs, requests.value, assumed),
    ),
    assumed,
  };
}
