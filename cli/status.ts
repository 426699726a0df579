import type { Environment } from "../config/environment.ts";
import { toMib } from "../core/units.ts";
import { type FoundContainer, ownContainers } from "./containers.ts";
import { plainTable } from "./table.ts";
import type { Target } from "./target.ts";

/** One container of an environment right now. */
export interface ServiceStatus extends FoundContainer {
  /** Memory in use as Docker counts it, without the page cache; undefined when it does not run. */
  readonly usedMib: number | undefined;
}

const SUFFIX_MIB: Readonly<Record<string, number>> = {
  B: 1 / 1024 / 1024,
  KiB: 1 / 1024,
  MiB: 1,
  GiB: 1024,
};

/** `45.3MiB / 300MiB`, the only form in which `docker stats` gives it. */
function usedMib(text: string): number | undefined {
  const match = /^([\d.]+)([A-Za-z]+)/.exec(text);
  const factor = SUFFIX_MIB[match?.[2] ?? ""];
  return match && factor ? Math.round(Number(match[1]) * factor) : undefined;
}

async function memoryById(
  target: Target,
  ids: readonly string[],
): Promise<Map<string, number | undefined>> {
  if (ids.length === 0) return new Map();
  const { stdout } = await target.docker([
    "stats",
    "--no-stream",
    "--no-trunc",
    "--format",
    "{{.ID}}\t{{.MemUsage}}",
    ...ids,
  ]);
  const lines = String(stdout)
    .split("\n")
    .map((line) => line.split("\t"));
  return new Map(lines.map(([id = "", memory = ""]) => [id, usedMib(memory)]));
}

export async function status(environment: Environment, target: Target): Promise<ServiceStatus[]> {
  const containers = await ownContainers(target, environment);
  const running = containers.filter(({ state }) => state === "running").map(({ id }) => id);
  const memory = await memoryById(target, running);
  return containers.map((container) => ({ ...container, usedMib: memory.get(container.id) }));
}

/** Everything runs and answers its health check. */
export function allHealthy(services: readonly ServiceStatus[]): boolean {
  return (
    services.length > 0 &&
    services.every(({ state, health }) => state === "running" && health === "healthy")
  );
}

export function statusTable(services: readonly ServiceStatus[]): string {
  const rows = services.map((one) => [
    one.name,
    one.state,
    one.oomKilled ? `${one.health}, OOM-killed` : one.health,
    one.usedMib ?? "-",
    toMib(one.limitBytes),
    one.restarts,
    one.startedAt.slice(0, 19),
  ]);
  return plainTable(rows, {
    head: ["container", "state", "health", "MiB used", "limit", "restarts", "started"],
    align: "lllrrrl",
  });
}
