import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "../../config/environment.ts";
import { awayOf, awayWithGuard, type Role } from "../../core/outage.ts";
import { localWith } from "../support/environments.ts";

const SESSIONS = { kind: "redis", role: "store", limit: "88MiB" } as const;
const STORES = { postgres: { limit: "320MiB" }, sessions: SESSIONS } as const;
const plan = planOf(localWith({ services: { chat: { limit: "280MiB" }, ...STORES } }));

test("each role is away for what was measured, and its stop may take its own grace", () => {
  const expected: readonly (readonly [Role, string, number, number])[] = [
    ["cache", "redis", 1400, 10_000],
    ["guard", "guard", 1200, 350_000],
    ["nginx", "nginx", 600, 350_000],
    ["app", "chat", 2200, 350_000],
  ];
  for (const [role, service, awayMs, graceMs] of expected) {
    assert.deepEqual(awayOf(plan, role, service), { awayMs, graceMs }, role);
  }
});

test("a last checkpoint writes shared_buffers of 80 MiB at 100 MiB a second", () => {
  assert.equal(plan.postgres["postgres"]?.sharedBuffersBytes, 83_886_080);
  assert.deepEqual(awayOf(plan, "postgres", "postgres"), { awayMs: 2900, graceMs: 60_000 });
});

test("a store reads its maxmemory of 48 MiB at 100 MiB a second", () => {
  assert.equal(plan.redis["sessions"]?.maxmemoryBytes, 50_331_648);
  assert.deepEqual(awayOf(plan, "store", "sessions"), { awayMs: 980, graceMs: 10_000 });
});

test("nginx behind which the guard is replaced waits for both, and for the guard's first health check", () => {
  assert.equal(plan.container.healthIntervalMs, 10_000);
  assert.deepEqual(awayWithGuard(plan), { awayMs: 11_800, graceMs: 350_000 });
});
