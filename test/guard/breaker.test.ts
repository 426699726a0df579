import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { Breaker } from "../../guard/breaker.ts";

const LIMITS = { breakerFailures: 5, breakerSuccesses: 3, breakerResetMs: 30_000 };
/** No spread. */
const HALF = () => 0.5;

function failed(breaker: Breaker, times: number, nowMs = 0): void {
  for (let index = 0; index < times; index += 1) breaker.begin().end("failed", nowMs);
}

function opened(): Breaker {
  const breaker = new Breaker(LIMITS, HALF);
  failed(breaker, 5);
  return breaker;
}

test("is closed until the fifth failure in a row", () => {
  const breaker = new Breaker(LIMITS, HALF);
  failed(breaker, 4);
  assert.equal(breaker.state(0), "closed");
  failed(breaker, 1);
  assert.equal(breaker.state(0), "open");
  assert.equal(breaker.allows(29_999), false);
});

test("a success in between starts the count anew; what is abandoned counts for nothing", () => {
  const breaker = new Breaker(LIMITS, HALF);
  failed(breaker, 4);
  breaker.begin().end("succeeded", 0);
  failed(breaker, 4);
  breaker.begin().end("abandoned", 0);
  assert.equal(breaker.state(0), "closed");
  failed(breaker, 1);
  assert.equal(breaker.state(0), "open");
});

test("lets one probe through at a time, and closes after three", () => {
  const breaker = opened();
  for (const state of ["half_open", "half_open", "closed"]) {
    assert.equal(breaker.allows(30_000), true);
    const probe = breaker.begin();
    assert.equal(breaker.allows(30_000), false);
    probe.end("succeeded", 30_000);
    assert.equal(breaker.state(30_000), state);
  }
});

test("a probe that fails opens it for another while; one abandoned makes room for the next", () => {
  const breaker = opened();
  breaker.begin().end("abandoned", 30_000);
  assert.equal(breaker.allows(30_000), true);
  breaker.begin().end("succeeded", 30_000);
  breaker.begin().end("failed", 31_000);
  assert.equal(breaker.state(60_999), "open");
  assert.equal(breaker.state(61_000), "half_open");
});

test("only the first verdict on a call counts", () => {
  const breaker = new Breaker({ ...LIMITS, breakerFailures: 2 }, HALF);
  const call = breaker.begin();
  call.end("failed", 0);
  call.end("failed", 0);
  assert.equal(breaker.state(0), "closed");
});

test("what began before it opened changes nothing", () => {
  const breaker = new Breaker(LIMITS, HALF);
  const early = breaker.begin();
  failed(breaker, 5);
  early.end("succeeded", 1);
  assert.equal(breaker.state(1), "open");
});

test("the reset time is spread by a fifth", () => {
  const early = new Breaker(LIMITS, () => 0);
  const late = new Breaker(LIMITS, () => 0.999_999);
  failed(early, 5);
  failed(late, 5);
  assert.equal(early.openUntilMs, 24_000);
  assert.ok((late.openUntilMs ?? 0) > 35_990 && (late.openUntilMs ?? 0) <= 36_000);
});

test("evidence that the backend is back lets a probe go at once", () => {
  const breaker = opened();
  breaker.probeNow(10);
  assert.equal(breaker.allows(10), true);
});

test("whatever happens, it never lets in two probes, and good calls close it in the end", () => {
  const ends = fc.array(fc.constantFrom("succeeded", "failed", "abandoned"), { maxLength: 60 });
  const property = fc.property(ends, (each) => {
    const breaker = new Breaker(LIMITS, HALF);
    let nowMs = 0;
    for (const end of each) {
      nowMs += 10_000;
      if (!breaker.allows(nowMs)) continue;
      const isProbe = breaker.state(nowMs) !== "closed";
      const call = breaker.begin();
      assert.ok(!isProbe || !breaker.allows(nowMs));
      call.end(end, nowMs);
    }
    for (let good = 0; good < 3; good += 1) {
      nowMs += 40_000;
      breaker.begin().end("succeeded", nowMs);
    }
    assert.equal(breaker.state(nowMs), "closed");
  });
  fc.assert(property);
});
