import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { jsonSize } from "../../../guard/client/json-size.ts";

const actual = (value: unknown) => Buffer.byteLength(JSON.stringify(value) ?? "");

test("is exact for what is small", () => {
  const text = fc.string({ unit: "binary", maxLength: 30 });
  const anything = fc.anything({
    key: text,
    values: [text, fc.double(), fc.boolean(), fc.constant(undefined), fc.constant(null)],
    withDate: true,
    withBoxedValues: true,
    withTypedArray: true,
    withNullPrototype: true,
    maxDepth: 4,
    maxKeys: 6,
  });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), anything), (value) => {
      assert.deepEqual(jsonSize(value), { bytes: actual(value), isExact: true });
    }),
    { numRuns: 2000 },
  );
});

const LITERAL: [name: string, value: unknown, bytes: number][] = [
  ["text with quotes and a line's end", 'a"\n', 7],
  ["a letter of two bytes, a sign of three, a pair of four", "ä€😀", 11],
  ["half of a pair", "\ud800", 8],
  ["a list with holes", [undefined, () => 0, Number.NaN], 16],
  ["a record with what JSON leaves out", { a: undefined, b: 1 }, 7],
  ["a date", new Date(0), 26],
  ["a buffer", Buffer.from([1, 22, 255]), 35],
];
for (const [name, value, bytes] of LITERAL) {
  test(`${name} is ${bytes} bytes`, () => {
    assert.equal(actual(value), bytes);
    assert.deepEqual(jsonSize(value), { bytes, isExact: true });
  });
}

test("a long list lies between length times the smallest and the largest element", () => {
  const row = fc.record({
    id: fc.nat(),
    name: fc.string({ maxLength: 50 }),
    flags: fc.array(fc.boolean(), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 2000, max: 5000 }),
      (rows, length) => {
        const list = Array.from({ length }, (_, index) => rows[index % rows.length]);
        const sizes = rows.map(actual);
        const { bytes, isExact } = jsonSize(list);
        assert.equal(isExact, false);
        const frame = length + 1;
        assert.ok(bytes >= length * Math.min(...sizes) + frame, `${bytes} is too small`);
        assert.ok(bytes <= length * Math.max(...sizes) + frame, `${bytes} is too large`);
      },
    ),
    { numRuns: 50 },
  );
});

test("rows of one kind are estimated within 2 %", () => {
  const rows = Array.from({ length: 50_000 }, (_, id) => ({
    id,
    at: new Date(id * 60_000),
    text: "x".repeat(id % 100),
  }));
  const { bytes } = jsonSize(rows);
  assert.ok(Math.abs(bytes / actual(rows) - 1) < 0.02, `${bytes} of ${actual(rows)}`);
});

test("a long text of one kind is exact, any other within 1 to 6 bytes a character", () => {
  assert.equal(jsonSize("ab".repeat(1_000_000)).bytes, 2_000_002);
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 5_000, maxLength: 9_000 }), (text) => {
      const { bytes } = jsonSize(text);
      assert.ok(bytes >= text.length && bytes <= 6 * text.length + 2);
    }),
    { numRuns: 30 },
  );
});

test("a cycle, a BigInt, an endless depth and a getter that throws have an estimate", () => {
  const cycle: Record<string, unknown> = { name: "a" };
  cycle["self"] = cycle;
  cycle["list"] = [cycle, cycle, cycle];
  let deep: unknown = [];
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  const thrower = {
    get value() {
      throw new Error("no");
    },
  };
  for (const value of [cycle, 10n, deep, thrower]) {
    const { bytes, isExact } = jsonSize(value);
    assert.equal(isExact, false);
    assert.ok(bytes > 0);
  }
});

test("looks at no more than the steps allow, however wide and deep the value is", () => {
  let reads = 0;
  const endless: unknown = new Proxy(new Array(1000).fill(0), {
    get: (target, key) => {
      if (key === "length") return 1000;
      if (typeof key === "symbol" || key === "toJSON") return Reflect.get(target, key);
      reads += 1;
      return endless;
    },
  });
  for (const steps of [1, 100, 20_000]) {
    reads = 0;
    assert.equal(jsonSize(endless, { steps }).isExact, false);
    assert.ok(reads <= 3 * steps, `${reads} reads for ${steps} steps`);
  }
});
