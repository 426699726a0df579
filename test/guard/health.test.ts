import assert from "node:assert/strict";
import test from "node:test";
import { Health } from "../../guard/health.ts";

test("is up and allows requests at first", () => {
  const health = new Health();
  assert.equal(health.isUp, true);
  assert.equal(health.allows(0), true);
});

test("is avoided for two seconds after a failed connect", () => {
  const health = new Health();
  assert.equal(health.fail(1_000), true);
  assert.equal(health.isUp, false);
  assert.equal(health.allows(2_999), false);
  assert.equal(health.allows(3_000), true);
});

test("lets one probe through per window", () => {
  const health = new Health();
  health.fail(0);
  health.start(2_000);
  assert.equal(health.allows(2_000), false);
  assert.equal(health.allows(3_999), false);
  assert.equal(health.allows(4_000), true);
});

test("is up again after one connect, and says so once", () => {
  const health = new Health();
  health.fail(0);
  assert.equal(health.fail(10), false);
  assert.equal(health.succeed(), true);
  assert.equal(health.succeed(), false);
  assert.equal(health.allows(11), true);
});
