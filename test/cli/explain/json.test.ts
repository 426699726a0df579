import assert from "node:assert/strict";
import { test } from "node:test";
import { explainJson } from "../../../cli/explain.ts";
import { planOf } from "../../../config/environment.ts";
import { MIB } from "../../../core/units.ts";
import { localWith } from "../../support/environments.ts";

test("programs get every layer's numbers, what each line is expected to hold, and every figure", () => {
  const environment = localWith({});
  const json = JSON.parse(JSON.stringify(explainJson(environment, planOf(environment))));
  assert.equal(json.redis.redis.maxmemoryBytes, 59 * MIB);
  assert.equal(json.postgres.postgres.maxConnections, 24);
  assert.equal(json.timeouts.proxyReadMs, 75_000);
  assert.equal(json.uses.length, json.memory.lines.length - 1);
  assert.ok(json.figures.some(({ id }: { id: string }) => id === "postgres.work_mem"));
});
