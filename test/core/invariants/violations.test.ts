import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "../../../core/invariants/violations.ts";
import type { MemoryLine } from "../../../core/memory-map.ts";
import type { Plan } from "../../../core/plan.ts";
import { planEnvironment } from "../../../core/planner.ts";
import { tellProblem } from "../../../core/problem.ts";
import { MIB } from "../../../core/units.ts";
import { stackOf } from "../../support/specs.ts";

const PLAN = planEnvironment(stackOf(1950, 2));

function broken(patch: Partial<Plan>): string[] {
  return violations({ ...PLAN, ...patch }).map(tellProblem);
}

function withLine(who: string, patch: Partial<MemoryLine>): Partial<Plan> {
  const lines = PLAN.memory.lines.map((line) => (line.who === who ? { ...line, ...patch } : line));
  return { memory: { ...PLAN.memory, lines } };
}

test("the default plan breaks no rule", () => {
  assert.deepEqual(broken({}), []);
});

test("a headroom that is not what the lines leave", () => {
  assert.match(
    broken(withLine("redis", { limitBytes: 400 * MIB })).join("\n"),
    /^server\.memory: reserve and limits sum to 2043 MiB, with a page cache of 8 % 2221 MiB, got 1950 MiB/,
  );
});

test("a slice that protects less than the reservations inside, or is killed before it is slowed", () => {
  const service = { ...PLAN.slices.service, lowBytes: 100 * MIB };
  assert.deepEqual(broken({ slices: { ...PLAN.slices, service } }), [
    "slices.service: MemoryLow covers the reservations inside, 612 MiB, got 100 MiB; lower the reservations of its services",
  ]);
  const batch = { lowBytes: 0, highBytes: 128 * MIB, maxBytes: 128 * MIB };
  assert.deepEqual(broken({ slices: { ...PLAN.slices, batch } }), [
    "slices.batch: MemoryLow is at most MemoryHigh, and that below MemoryMax, got 0 MiB, 128 MiB, 128 MiB; lower the reservations of its services",
  ]);
});

test("slices whose maxima are more than the server", () => {
  const batch = { lowBytes: 0, highBytes: 128 * MIB, maxBytes: 900 * MIB };
  assert.match(
    broken({ slices: { ...PLAN.slices, batch } }).join("\n"),
    /MemoryMax sum to 2608 MiB/,
  );
});

test("a database that is offered to the OOM killer before the cache", () => {
  assert.deepEqual(broken(withLine("postgres", { oomScoreAdj: 300 })), [
    "redis.oom_score_adj: above postgres's of 300, got 200; this is a bug of Plimsoll",
  ]);
});
