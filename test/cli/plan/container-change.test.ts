import assert from "node:assert/strict";
import { test } from "node:test";
import { containerChanges } from "../../../cli/plan/container-change.ts";

const NONE = {
  stack: "local-data",
  type: "docker_container",
  name: "redis_server_container",
  replacePaths: [],
};
const REDIS = {
  name: "p-local-redis",
  memory: 96,
  memory_swap: 96,
  destroy_grace_seconds: 10,
  env: ["A=1", "B=x=y"],
};

test("a container's change is told by its kind, its settings and its memory", () => {
  const changes = containerChanges([
    { ...NONE, type: "docker_image", actions: ["create"], before: null, after: { name: "redis" } },
    { ...NONE, actions: ["create"], before: null, after: REDIS },
    {
      ...NONE,
      actions: ["update"],
      before: REDIS,
      after: { ...REDIS, memory: 128, memory_swap: 128 },
    },
    {
      ...NONE,
      actions: ["delete", "create"],
      before: REDIS,
      after: { ...REDIS, env: ["B=z", "C=1"] },
      replacePaths: [["env"], ["image"]],
    },
    { ...NONE, actions: ["delete"], before: REDIS, after: null },
  ]);
  const { name } = REDIS;
  assert.deepEqual(changes, [
    {
      name,
      kind: "created",
      differences: [],
      memoryMib: { before: 0, after: 96 },
      stopGraceMs: undefined,
    },
    {
      name,
      kind: "updated",
      differences: ["memory: 96 -> 128", "memory_swap: 96 -> 128"],
      memoryMib: { before: 96, after: 128 },
      stopGraceMs: 10_000,
    },
    {
      name,
      kind: "replaced",
      differences: ["env A: 1 -> none", "env B: x=y -> z", "env C: none -> 1", "image"],
      memoryMib: { before: 96, after: 96 },
      stopGraceMs: 10_000,
    },
    {
      name,
      kind: "removed",
      differences: [],
      memoryMib: { before: 96, after: 0 },
      stopGraceMs: 10_000,
    },
  ]);
});

test("of a config file, the lines that differ are told", () => {
  const [change] = containerChanges([
    {
      ...NONE,
      actions: ["delete", "create"],
      before: { ...REDIS, env: ["PLIMSOLL_CONFIG_FILE=a 1\n  b 2\nc 3"] },
      after: { ...REDIS, env: ["PLIMSOLL_CONFIG_FILE=a 1\n  b 4\nc 3"] },
      replacePaths: [["env"]],
    },
  ]);
  assert.deepEqual(change?.differences, ["- b 2", "+ b 4"]);
});
