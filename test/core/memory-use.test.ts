import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "../../config/config.ts";
import { planOf } from "../../config/environment.ts";
import type { MemoryUse } from "../../core/memory-use.ts";
import { config } from "../../plimsoll.config.ts";

const [local] = readConfig(config, "/srv");
if (!local) throw new Error("no environment");
const plan = planOf(local);

test("every line of the map but the batch tier has an expectation, and none above its limit", () => {
  const limits = new Map(plan.memory.lines.map(({ who, limitBytes }) => [who, limitBytes]));
  assert.deepEqual(
    plan.uses.map(({ who }) => who).sort(),
    [...limits.keys()].filter((who) => who !== "batch").sort(),
  );
  const above = ({ who, idleBytes, loadedBytes }: MemoryUse) =>
    idleBytes > loadedBytes || loadedBytes > (limits.get(who) ?? 0);
  assert.deepEqual(plan.uses.filter(above), []);
});

test("what the default stack on a 2 GB server is expected to hold, loaded, in MiB", () => {
  const loaded = plan.uses.map(({ who, loadedBytes }) => [
    who,
    Math.round(loadedBytes / 1_048_576),
  ]);
  assert.deepEqual(Object.fromEntries(loaded), {
    kernel: 155,
    system: 14,
    docker: 85,
    shims: 60,
    nginx: 13,
    guard: 53,
    postgres: 142,
    redis: 77,
    "chat-1": 119,
    "chat-2": 119,
  });
});

test("an expectation is a figure that names its measurement", () => {
  const { value, source } = plan.figures.get("redis.loaded_use") ?? {};
  assert.deepEqual([value, source], [80_530_637, "docs/measurements/memory.md"]);
});
