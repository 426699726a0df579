import assert from "node:assert/strict";
import test from "node:test";
import { Health } from "../../guard/health.ts";
import { closedPort, DEFAULTS, LIMIT, serve, until } from "./support.ts";

const REFUSED = new Error("refused");

function healthOf(port: number) {
  const seen: string[] = [];
  const health = new Health({ host: "127.0.0.1", port }, DEFAULTS, {
    turned: (error) => seen.push(error === undefined ? "up" : error.message),
    changed: () => {},
  });
  return { health, seen };
}

test("is up and allows requests at first", () => {
  const { health } = healthOf(1);
  assert.equal(health.isUp, true);
  assert.equal(health.allows(0), true);
  assert.equal(health.mayReturn(0), false);
});

test("after a refused connect none is let in, and it is worth waiting for ten seconds", async () => {
  const { health, seen } = healthOf(await closedPort());
  health.refused(REFUSED, 1_000);
  health.refused(REFUSED, 9_000);
  assert.equal(health.allows(60_000), false);
  assert.equal(health.mayReturn(10_999), true);
  assert.equal(health.mayReturn(11_000), false);
  assert.deepEqual(seen, ["refused"]);
  health.close();
});

test("is up again when its port is open, without a request", LIMIT, async (t) => {
  const { port } = await serve(t, () => {});
  const { health, seen } = healthOf(port);
  health.refused(REFUSED, performance.now());
  await until("it is up", () => health.isUp);
  assert.equal(health.allows(performance.now()), true);
  assert.deepEqual(seen, ["refused", "up"]);
});

test("the breaker of a backend that comes back lets a probe go at once", () => {
  const { health } = healthOf(1);
  for (let index = 0; index < 5; index += 1) health.failed(health.begin(), performance.now());
  assert.equal(health.breakerState(performance.now()), "open");
  health.refused(REFUSED, performance.now());
  health.connected();
  assert.equal(health.breakerState(performance.now()), "half_open");
  assert.equal(health.mayReturn(performance.now()), true);
});

test("a slow first byte is a failure only when nobody got one meanwhile", () => {
  const { health } = healthOf(1);
  const slow = Array.from({ length: 5 }, () => health.begin());
  health.succeeded(health.begin(), 5_000);
  for (const call of slow) health.waits(call, 0, 14_999);
  assert.equal(health.breakerState(14_999), "closed");
  for (const call of slow) health.waits(call, 0, 15_000);
  assert.equal(health.breakerState(15_000), "open");
});
