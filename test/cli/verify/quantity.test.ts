import assert from "node:assert/strict";
import { test } from "node:test";
import { sameUnits } from "../../../cli/verify/quantity.ts";

test("one quantity in two units is one text, words and plain numbers stay", () => {
  assert.equal(sameUnits("80MB"), sameUnits("81920kB"));
  assert.equal(sameUnits("1min"), sameUnits("60s"));
  assert.equal(sameUnits("pubsub 8mb 4mb 60"), "pubsub 8388608 4194304 60");
  assert.equal(sameUnits("scram-sha-256"), "scram-sha-256");
  assert.equal(sameUnits("lz4"), "lz4");
  assert.notEqual(sameUnits("80MB"), sameUnits("80kB"));
});
