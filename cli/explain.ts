import Table from "cli-table3";
import type { Environment } from "../config/environment.ts";
import type { MemoryLine, MemoryMap } from "../core/memory-map.ts";
import type { Plan } from "../core/plan.ts";
import { toMib } from "../core/units.ts";
import { PLAIN_TABLE } from "./table.ts";

const BAR_WIDTH = 48;

function bar(bytes: number, { serverBytes }: MemoryMap): string {
  return "█".repeat(Math.max(1, Math.round((bytes / serverBytes) * BAR_WIDTH)));
}

const mib = (bytes: number) => (bytes === 0 ? "-" : String(toMib(bytes)));

function row(line: MemoryLine, map: MemoryMap): string[] {
  return [
    line.who,
    line.tier,
    mib(line.limitBytes),
    mib(line.reservationBytes),
    mib(line.swapBytes),
    bar(line.limitBytes, map),
    line.from,
  ];
}

/** The memory map as a table with bars, sizes in MiB. */
export function memoryTable(map: MemoryMap): string {
  const right = "right" as const;
  const left = "left" as const;
  const table = new Table({
    ...PLAIN_TABLE,
    head: ["who", "tier", "limit", "reserved", "swap", "", "from"],
    colAligns: [left, left, right, right, right, left, left],
  });
  table.push(...map.lines.map((line) => row(line, map)));
  const share = Math.round((map.headroomBytes / map.serverBytes) * 100);
  table.push([
    "headroom",
    "",
    mib(map.headroomBytes),
    "-",
    "-",
    bar(map.headroomBytes, map),
    `page cache, ${share} % of ${mib(map.serverBytes)} MiB`,
  ]);
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

function numbers(plan: Plan): string {
  const slots = plan.slots.map(
    ({ name, concurrency, streams, node, poolConnections }) =>
      `${name}: ${concurrency} requests and ${streams} streams at once, ${poolConnections} database connections` +
      (node ? `, heap ${node.oldSpaceMib} MiB` : ""),
  );
  const postgres = Object.entries(plan.postgres).map(
    ([name, numbers]) =>
      `${name}: shared_buffers ${numbers.sharedBuffersMib} MB, work_mem ${numbers.workMib} MB, max_connections ${numbers.maxConnections}`,
  );
  const redis = Object.entries(plan.redis).map(
    ([name, { maxmemoryBytes }]) => `${name}: maxmemory ${toMib(maxmemoryBytes)} MB`,
  );
  return [...slots, ...postgres, ...redis].join("\n");
}

/** The budget of an environment for people. */
export function explain({ name, target }: Environment, plan: Plan): string {
  return [
    `Memory of ${name} on ${target}, MiB`,
    "",
    memoryTable(plan.memory),
    "",
    numbers(plan),
  ].join("\n");
}
