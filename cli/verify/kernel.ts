import { readFile } from "node:fs/promises";
import { MIB } from "../../core/units.ts";
import { SCORE_VARIABLE } from "../../stacks/constructs/config-file.ts";
import { type Context, declaredVariables, type Subject } from "./context.ts";
import { declaredSettings } from "./declared-settings.ts";
import type { Reading } from "./reading.ts";

type Found = ReadonlyMap<string, readonly string[]>;

/** Of one container: kernel file or `process`, with each value found. */
async function look({ target, subjects }: Context): Promise<Map<string, Map<string, string[]>>> {
  const script = await readFile(new URL("./kernel.sh", import.meta.url), "utf8");
  const pairs = subjects.flatMap(({ name, live }) =>
    live?.State.Running ? [name, String(live.State.Pid)] : [],
  );
  const { stdout } = await target.run(["sh", "-s", "--", ...pairs], { input: script });
  const found = new Map<string, Map<string, string[]>>();
  for (const line of String(stdout).split("\n").filter(Boolean)) {
    const [name = "", key = "", value = ""] = line.split("\t");
    const keys = found.get(name) ?? new Map<string, string[]>();
    keys.set(key, [...(keys.get(key) ?? []), value]);
    found.set(name, keys);
  }
  return found;
}

/** Files of cgroup v2 and of v1 that carry the limit, the reservation and the swap, in bytes. */
function memoryFiles({ attributes }: Subject["declared"], found: Found): [string, number][] {
  const bytes = (name: string) => Number(attributes[name]) * MIB;
  const limit = bytes("memory");
  const reservation = bytes("memory_reservation");
  const together = bytes("memory_swap");
  if (found.has("memory.limit_in_bytes")) {
    return [
      ["memory.limit_in_bytes", limit],
      ["memory.soft_limit_in_bytes", reservation],
      ["memory.memsw.limit_in_bytes", together],
    ];
  }
  return [
    ["memory.max", limit],
    ["memory.low", reservation],
    ["memory.swap.max", together - limit],
  ];
}

/** What the program is told about its place in the order of dying; undefined where nobody tells it. */
function declaredScore(subject: Subject): string | undefined {
  const line = declaredSettings(subject).get("oom-score-adj-values");
  return declaredVariables(subject).get(SCORE_VARIABLE) ?? line?.split(" ")[0];
}

/** Of the process that holds the most memory: the one that the kernel would take. */
function liveScore(found: Found): string | undefined {
  const processes = (found.get("process") ?? []).map((line) => line.split(" "));
  return processes.sort(([a], [b]) => Number(b) - Number(a))[0]?.[1];
}

function readingsOf(subject: Subject, found: Found): Reading[] {
  const memory = memoryFiles(subject.declared, found).map(([setting, declared]) => ({
    subject: subject.name,
    setting,
    declared: String(declared),
    live: found.get(setting)?.[0],
    where: "/sys/fs/cgroup",
  }));
  const score = declaredScore(subject);
  if (score === undefined) return memory;
  const oom = { setting: "oom_score_adj", declared: score, live: liveScore(found) };
  return [...memory, { subject: subject.name, ...oom, where: "/proc" }];
}

/** Limits, reservations, swap and the order of dying, as the kernel has them. */
export async function kernelReadings(context: Context): Promise<Reading[]> {
  const found = await look(context);
  return context.subjects.flatMap((subject) =>
    readingsOf(subject, found.get(subject.name) ?? new Map()),
  );
}
