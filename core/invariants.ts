import type { MemoryLine, MemoryMap } from "./memory-map.ts";
import { nodePlan } from "./node.ts";
import type { Plan } from "./plan.ts";
import { type AppSpec, type EnvironmentSpec, servicesOf } from "./spec.ts";
import { formatMib, MIB, wholeMib } from "./units.ts";

/** Without a page cache every read of a binary goes to the disk: the server thrashes before it is full. */
const HEADROOM_SHARE = 0.08;
/** Below it a program of the kind does not start or works on its last pages. */
const FLOOR_BYTES = { postgres: 128 * MIB, redis: 16 * MIB, app: 32 * MIB } as const;
/** The smallest old space in which V8 runs a server without collecting all the time. */
const OLD_SPACE_FLOOR_MIB = 32;

type Rule = (spec: EnvironmentSpec, plan: Plan) => string[];

const sum = (lines: readonly MemoryLine[], key: "limitBytes" | "swapBytes") =>
  lines.reduce((total, line) => total + line[key], 0);

function apps(spec: EnvironmentSpec): [string, AppSpec][] {
  return servicesOf(spec.services, "app");
}

/** What would make the largest app fit again: fewer slots, or a lower limit for each. */
function shrink(spec: EnvironmentSpec, excessBytes: number): string | undefined {
  const [largest] = apps(spec).sort(
    ([, a], [, b]) => b.slots * b.limitBytes - a.slots * a.limitBytes,
  );
  if (!largest) return undefined;
  const [name, app] = largest;
  const room = app.slots * app.limitBytes - excessBytes;
  const slots = Math.floor(room / app.limitBytes);
  const limit = wholeMib(room / app.slots);
  const ways = [];
  if (slots >= 1) ways.push(`use ${slots} ${slots === 1 ? "slot" : "slots"}`);
  if (limit >= FLOOR_BYTES.app) ways.push(`lower services.${name}.limit to ${toConfig(limit)}`);
  return ways.length > 0 ? `services.${name}: ${ways.join(" or ")}` : undefined;
}

const toConfig = (bytes: number) => formatMib(bytes).replace(" ", "");

function fits(spec: EnvironmentSpec, { memory }: Plan): string[] {
  const wantedBytes = Math.ceil(memory.serverBytes * HEADROOM_SHARE);
  if (memory.headroomBytes >= wantedBytes) return [];
  const usedBytes = sum(memory.lines, "limitBytes");
  const excessBytes = wantedBytes - memory.headroomBytes;
  const fix = shrink(spec, excessBytes) ?? "lower the limits or drop a service";
  return [
    `server.memory: reserve and limits sum to ${formatMib(usedBytes)} and the page cache needs ` +
      `${formatMib(wantedBytes)} (8 %), got ${formatMib(memory.serverBytes)}; ${fix}, ` +
      `or take a server with ${toConfig(memory.serverBytes + excessBytes)}`,
  ];
}

function reservationsBelowLimits(_: EnvironmentSpec, { memory }: Plan): string[] {
  return memory.lines
    .filter((line) => line.reservationBytes > line.limitBytes)
    .map(
      (line) =>
        `${line.who}.reservation: at most the limit of ${formatMib(line.limitBytes)}, ` +
        `got ${formatMib(line.reservationBytes)}; lower it`,
    );
}

function swapFits(spec: EnvironmentSpec, { memory }: Plan): string[] {
  const allowedBytes = sum(memory.lines, "swapBytes");
  if (allowedBytes <= spec.server.swapBytes) return [];
  return [
    `server.swap: the swap allowances sum to ${formatMib(allowedBytes)}, ` +
      `got ${formatMib(spec.server.swapBytes)}; lower the services' swap or enlarge the swap file`,
  ];
}

function floors(spec: EnvironmentSpec): string[] {
  return Object.entries(spec.services).flatMap(([name, service]) => {
    if (service.kind === "site" || service.limitBytes >= FLOOR_BYTES[service.kind]) return [];
    return [
      `services.${name}.limit: ${service.kind} needs at least ${formatMib(FLOOR_BYTES[service.kind])}, ` +
        `got ${formatMib(service.limitBytes)}; raise it to ${toConfig(FLOOR_BYTES[service.kind])}`,
    ];
  });
}

function heaps(spec: EnvironmentSpec): string[] {
  return apps(spec)
    .filter(([, app]) => app.runtime === "node" && app.limitBytes >= FLOOR_BYTES.app)
    .filter(([, app]) => nodePlan(app.limitBytes).oldSpaceMib < OLD_SPACE_FLOOR_MIB)
    .map(
      ([name, app]) =>
        `services.${name}.limit: a node slot needs a heap of ${OLD_SPACE_FLOOR_MIB} MiB beside 88 MiB of ` +
        `native memory, got ${formatMib(app.limitBytes)}; raise it to 120MiB`,
    );
}

function requestsFit(spec: EnvironmentSpec): string[] {
  return apps(spec)
    .filter(([, app]) => app.memoryPerRequestBytes > app.limitBytes)
    .map(
      ([name, app]) =>
        `services.${name}.memoryPerRequest: at most the limit of ${formatMib(app.limitBytes)}, ` +
        `got ${formatMib(app.memoryPerRequestBytes)}; raise the limit or lower it`,
    );
}

const RULES: readonly Rule[] = [
  fits,
  reservationsBelowLimits,
  swapFits,
  floors,
  heaps,
  requestsFit,
];

/** Everything that keeps this plan from being safe on its server; empty when it holds. */
export function violations(spec: EnvironmentSpec, plan: Plan): string[] {
  return RULES.flatMap((rule) => rule(spec, plan));
}

/** The page cache's share that a map leaves, 0..1. */
export function headroomShare(memory: MemoryMap): number {
  return memory.headroomBytes / memory.serverBytes;
}
