import assert from "node:assert/strict";
import { test } from "node:test";
import { Figures, tell, valuesOf, why } from "../../core/figure.ts";
import { KIB, MIB } from "../../core/units.ts";

const postgres = new Figures("postgres", { source: "manual", writtenIn: "postgresql.conf" });
const limit = postgres.bytes("limit", 320 * MIB, why`written in the config`);

test("a reason names the figures it was computed from, with their values", () => {
  assert.deepEqual(why`${"25 %"} of ${limit}`, {
    because: "25 % of postgres.limit 320 MiB",
    inputs: ["postgres.limit"],
  });
});

test("a figure has its owner's name, source and destination", () => {
  assert.deepEqual(postgres.bytes("shared_buffers", 80 * MIB, why`25 % of ${limit}`), {
    id: "postgres.shared_buffers",
    value: 83_886_080,
    unit: "bytes",
    because: "25 % of postgres.limit 320 MiB",
    inputs: ["postgres.limit"],
    source: "manual",
    writtenIn: "postgresql.conf",
  });
});

test("each unit is told in its own way", () => {
  const told = [
    tell({ value: 320 * MIB, unit: "bytes" }),
    tell({ value: 2560 * KIB, unit: "bytes" }),
    tell({ value: 100, unit: "bytes" }),
    tell({ value: 75_000, unit: "ms" }),
    tell({ value: 1500, unit: "ms" }),
    tell({ value: 10, unit: "perSecond" }),
    tell({ value: 8, unit: "percent" }),
    tell({ value: 24, unit: "count" }),
    tell({ value: "noeviction", unit: "word" }),
  ];
  assert.deepEqual(told, [
    "320 MiB",
    "2560 KiB",
    "100 bytes",
    "75 s",
    "1500 ms",
    "10/s",
    "8 %",
    "24",
    "noeviction",
  ]);
});

test("a plan is the values of its figures", () => {
  assert.deepEqual(valuesOf<{ limitBytes: number }>({ limitBytes: limit }), {
    limitBytes: 320 * MIB,
  });
});
