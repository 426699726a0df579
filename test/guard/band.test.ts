import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { BANDS, bandEdges, isTighter, nextBand, permitsIn } from "../../guard/band.ts";

const DOCUMENT = { warningPercent: 70, maxPercent: 80, criticalPercent: 85 };

test("begins each band where the document says", () => {
  assert.deepEqual(bandEdges(DOCUMENT), [60, 70, 80, 85]);
  const bands = [59, 60, 70, 80, 85, 100].map((percent) => nextBand("NORMAL", percent, DOCUMENT));
  assert.deepEqual(bands, ["NORMAL", "STABLE", "WARNING", "HIGH", "CRITICAL", "CRITICAL"]);
});

test("is left downwards five points below its edge, and one band after the other", () => {
  assert.equal(nextBand("CRITICAL", 81, DOCUMENT), "CRITICAL");
  assert.equal(nextBand("CRITICAL", 79, DOCUMENT), "HIGH");
  assert.equal(nextBand("HIGH", 74, DOCUMENT), "WARNING");
  assert.equal(nextBand("WARNING", 30, DOCUMENT), "NORMAL");
});

test("leaves shares of the configured permits, not of those left", () => {
  assert.deepEqual(
    BANDS.map((band) => permitsIn(band, 10)),
    [10, 10, 7, 5, 0],
  );
  assert.deepEqual(
    BANDS.map((band) => permitsIn(band, 1)),
    [1, 1, 1, 1, 0],
  );
});

test("more memory never means a looser band, and more permits never a tighter one", () => {
  const band = fc.constantFrom(...BANDS);
  const percent = fc.double({ min: 0, max: 120, noNaN: true });
  fc.assert(
    fc.property(band, percent, percent, (current, a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const [lower, higher] = [nextBand(current, low, DOCUMENT), nextBand(current, high, DOCUMENT)];
      assert.ok(!isTighter(lower, higher));
      assert.ok(permitsIn(lower, 10) >= permitsIn(higher, 10));
    }),
  );
});
