import type { Plan } from "../../core/plan.ts";
import type { AskedSpec } from "../../core/spec.ts";
import { GIB, MIB } from "../../core/units.ts";

type AskedServices = AskedSpec["services"];
export type AskedApp = Extract<AskedServices[string], { readonly kind: "app" }>;

/** A node app with slots of 12 MiB a request, and what a test says otherwise. */
export function appOf(patch: Partial<AskedApp> = {}): AskedApp {
  return {
    kind: "app",
    slots: 2,
    port: 3000,
    memoryPerRequestBytes: 12 * MIB,
    runtime: "node",
    ...patch,
  };
}

/** Two cpus, 2 GiB of swap and 40 GiB of disk. */
export function specOf(memoryMib: number, services: AskedServices): AskedSpec {
  return {
    project: "plimsoll",
    name: "local",
    server: { memoryBytes: memoryMib * MIB, cpus: 2, swapBytes: 2 * GIB, diskBytes: 40 * GIB },
    services,
  };
}

/** The shipped stack with nothing fixed. */
export function stackOf(memoryMib: number, slots: number): AskedSpec {
  return specOf(memoryMib, {
    chat: appOf({ slots }),
    postgres: { kind: "postgres" },
    redis: { kind: "redis" },
  });
}

/** Lines of a plan's memory map by name, MiB. */
export function limitsOf({ memory }: Plan): Record<string, number> {
  return Object.fromEntries(memory.lines.map(({ who, limitBytes }) => [who, limitBytes / MIB]));
}
