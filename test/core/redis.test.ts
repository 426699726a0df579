import assert from "node:assert/strict";
import { test } from "node:test";
import { Figures, why } from "../../core/figure.ts";
import { type RedisRole, redisFigures } from "../../core/redis.ts";
import { MIB } from "../../core/units.ts";

const figures = new Figures("redis", { source: "test" });
const planned = (limitMib: number, role: RedisRole) =>
  redisFigures({
    who: "redis",
    limit: figures.bytes("limit", limitMib * MIB, why`test`),
    role: figures.word("role", role, why`test`),
  });

test("maxmemory keeps to the reference within 15 %", () => {
  const gold = [
    [48, 24],
    [96, 56],
    [192, 110],
  ] as const;
  for (const [limit, maxmemory] of gold) {
    const value = planned(limit, "cache").maxmemoryBytes.value / MIB;
    assert.ok(Math.abs(value - maxmemory) <= 0.15 * maxmemory, `${limit}: ${value}`);
  }
});

test("a store has room to fork: half to three fifths of its limit", () => {
  assert.deepEqual(
    [64, 96, 192, 1024].map((limit) => planned(limit, "store").maxmemoryBytes.value / MIB),
    [33, 52, 110, 609],
  );
});

test("a cache evicts and writes nothing, a store refuses and logs", () => {
  const words = (role: RedisRole) => {
    const { policy, appendonly } = planned(96, role);
    return [policy.value, appendonly.value];
  };
  assert.deepEqual(words("cache"), ["allkeys-lru", "no"]);
  assert.deepEqual(words("store"), ["noeviction", "yes"]);
});
