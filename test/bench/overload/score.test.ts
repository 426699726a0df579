import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fate, Outcome } from "../../../bench/overload/client.ts";
import { score } from "../../../bench/overload/score.ts";
import { timesOf } from "../../../bench/overload/times.ts";

const MIB = 2 ** 20;

/** The load is from 5 s to 15 s. */
function outcome(kind: Outcome["kind"], atMs: number, fate: Fate): Outcome {
  const attempts = [{ fate, latencyMs: 4, hasWaited: false }];
  return { kind, atMs, bytes: kind === "heavy" ? 20 * MIB : 0, attempts, fate, latencyMs: 4 };
}

function scored(outcomes: readonly Outcome[]) {
  const deaths = { outOfMemory: 2, other: 1 };
  const about = { arm: "guard", profile: "step", seed: 1, times: timesOf(10_000), lagP99Ms: 1 };
  return score([{ ...about, outcomes, deaths }]);
}

test("goodput counts heavy requests of the load that were done", () => {
  const { goodputBytesPerS } = scored([
    outcome("heavy", 4_999, "done"),
    outcome("heavy", 5_000, "done"),
    outcome("heavy", 14_999, "done"),
    outcome("heavy", 10_000, "late"),
    outcome("heavy", 15_000, "done"),
  ]);
  assert.equal(goodputBytesPerS, 4 * MIB);
});

test("deaths by memory are counted apart from others, and every lost light request counts", () => {
  const light = ["done", "done", "done", "failed"] as const;
  const result = scored(light.map((fate) => outcome("light", 6_000, fate)));
  assert.deepEqual([result.deaths, result.otherDeaths, result.lightShare], [2, 1, 0.75]);
});

test("recovery is the last loss after the load's end", () => {
  assert.equal(scored([outcome("heavy", 10_000, "refused")]).recoveryMs, 0);
  assert.equal(scored([outcome("heavy", 16_500, "refused")]).recoveryMs, 1_500);
});

test("what was refused after waiting is no refusal on arrival", () => {
  const waited = { fate: "refused" as const, latencyMs: 3_000, hasWaited: true };
  const late = { ...outcome("heavy", 6_000, "refused"), attempts: [waited] };
  const { rejects, waitedRejects, rejectP99Ms } = scored([
    outcome("heavy", 6_000, "refused"),
    late,
  ]);
  assert.deepEqual([rejects, waitedRejects, rejectP99Ms], [1, 1, 4]);
});
