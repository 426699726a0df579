import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { Entry, Ledger } from "../../guard/ledger.ts";
import { RestCurve } from "../../guard/rest-curve.ts";

function ledgerOf(...means: number[]): { ledger: Ledger; entries: Entry[] } {
  const ledger = new Ledger();
  const entries = means.map((meanBytes) => new Entry({ meanBytes, spreadBytes: 0 }, 0));
  for (const entry of entries) ledger.add(entry);
  return { ledger, entries };
}

test("what is promised comes on top of what is used", () => {
  const { ledger } = ledgerOf(30, 20);
  assert.equal(ledger.committedBytes(100, 100), 150);
  assert.equal(ledger.committedBytes(100, 100, { meanBytes: 5, spreadBytes: 0 }), 155);
});

test("what has been seen is not counted twice", () => {
  const { ledger } = ledgerOf(30, 20);
  ledger.charge(25, 100, 100);
  assert.equal(ledger.seenBytes, 25);
  assert.equal(ledger.unseenBytes, 25);
  assert.equal(ledger.committedBytes(125, 100), 150);
});

test("growth is charged by what was expected of each, for as long as it was there", () => {
  const { ledger, entries } = ledgerOf(30, 10);
  const late = new Entry({ meanBytes: 40, spreadBytes: 0 }, 50);
  ledger.add(late);
  ledger.charge(6, 100, 100);
  assert.deepEqual(
    [...entries, late].map(({ seenBytes }) => seenBytes),
    [3, 1, 1],
  );
});

test("what somebody took beyond its promise stays counted while it is under way", () => {
  const { ledger } = ledgerOf(10);
  ledger.charge(40, 100, 100);
  assert.equal(ledger.unseenBytes, 0);
  assert.equal(ledger.committedBytes(140, 100), 140);
});

test("spreads add up by the root of their squares, means as they are", () => {
  const ledger = new Ledger();
  for (let index = 0; index < 4; index += 1) {
    ledger.add(new Entry({ meanBytes: 10, spreadBytes: 2 }, 0));
  }
  // 4 x 10 and 2.5 x 2 x sqrt(4), not 2.5 x 2 x 4.
  assert.equal(ledger.committedBytes(0, 0), 50);
});

test("a guess too high does not make those that are known look cheap", () => {
  const { ledger, entries } = ledgerOf(20);
  const guess = new Entry({ meanBytes: 200, spreadBytes: 0, isGuess: true }, 0);
  ledger.add(guess);
  ledger.charge(10, 100, 100);
  assert.deepEqual(
    [...entries, guess].map(({ seenBytes }) => seenBytes),
    [10, 10],
  );
});

test("of one whose size is unknown the past says what is still to come", () => {
  const ledger = new Ledger();
  const rest = new RestCurve([
    { bytes: 10, durationMs: 100 },
    { bytes: 40, durationMs: 400 },
  ]);
  ledger.add(new Entry({ meanBytes: 25, spreadBytes: 15, rest }, 0));
  assert.equal(ledger.unseenBytes, 25);
  ledger.advance(200);
  assert.equal(ledger.unseenBytes, 20);
});

test("an entry is removed once", () => {
  const { ledger, entries } = ledgerOf(10);
  const [entry] = entries as [Entry];
  assert.equal(ledger.remove(entry), true);
  assert.equal(ledger.remove(entry), false);
  assert.deepEqual([ledger.count, ledger.reservedBytes], [0, 0]);
});

const bytes = fc.integer({ min: 0, max: 1_000_000 });
const cost = fc.record({ meanBytes: bytes, spreadBytes: bytes }, { noNullPrototype: true });
const growths = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { maxLength: 20 });

test("never below what is used, never negative, and every promise raises it", () => {
  fc.assert(
    fc.property(fc.array(cost, { maxLength: 10 }), growths, cost, (costs, changes, extra) => {
      const ledger = new Ledger();
      for (const each of costs) ledger.add(new Entry(each, 0));
      changes.forEach((change, index) => {
        ledger.charge(change, 100, (index + 1) * 100);
      });
      assert.ok(ledger.unseenBytes >= 0);
      assert.ok(ledger.seenBytes >= 0);
      const before = ledger.committedBytes(500, 100);
      assert.ok(before >= 500);
      assert.ok(ledger.committedBytes(500, 100, extra) >= before);
    }),
  );
});
