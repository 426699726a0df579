import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { size } from "../../config/quantity.ts";

test("sizes are read with their binary unit", () => {
  const read = (text: string) => size().parse(text);
  assert.equal(read("64KiB"), 65_536);
  assert.equal(read("300MiB"), 314_572_800);
  assert.equal(read("1.5 GiB"), 1_610_612_736);
  assert.equal(read("0MiB"), 0);
});

test("whatever is written, a size is a whole number of bytes or refused", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^-?\d{1,12}(\.\d{1,4})? ?(KiB|MiB|GiB|MB|)$/)),
      (text) => {
        const result = size().safeParse(text);
        if (result.success) assert.ok(Number.isSafeInteger(result.data) && result.data >= 0);
      },
    ),
    { numRuns: 2000 },
  );
});
