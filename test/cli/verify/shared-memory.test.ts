import assert from "node:assert/strict";
import { test } from "node:test";
import { isDrift } from "../../../cli/verify/reading.ts";
import { sharedMemoryReading } from "../../../cli/verify/shared-memory.ts";

const MIB = 1_048_576;
const reading = (live: string) => sharedMemoryReading("postgres", 90 * MIB, live);

test("what Postgres took is in force within what the plan's formula may be off", () => {
  for (const live of ["90MB", "88MB", "92MB", "92160kB"])
    assert.equal(isDrift(reading(live)), false, live);
  assert.equal(reading("90MB").declared, "90 MiB within 3 %");
});

test("more, less and no answer are drift", () => {
  assert.deepEqual(
    ["143MB", "40MB", ""].map((live) => reading(live).live),
    ["143 MiB", "40 MiB", undefined],
  );
});
