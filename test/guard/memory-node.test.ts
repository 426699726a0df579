import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { CRITICALITIES } from "../../guard/criticality.ts";
import { Entry } from "../../guard/ledger.ts";
import { MemoryNode } from "../../guard/memory-node.ts";
import type { MemoryReading } from "../../guard/memory-reading.ts";

const SETTINGS = {
  name: "a",
  limitBytes: undefined,
  checkIntervalMs: 100,
  warningPercent: 70,
  maxPercent: 80,
  criticalPercent: 85,
};
const LIMIT_BYTES = 1_000;

function reading(usedBytes: number, more: Partial<MemoryReading> = {}): MemoryReading {
  return {
    usedBytes,
    limitBytes: LIMIT_BYTES,
    oomKills: 0,
    stallMs: undefined,
    generation: 1,
    ...more,
  };
}

/** A node that has seen this much in use for a while. */
function nodeAt(usedBytes: number): MemoryNode {
  const node = new MemoryNode(SETTINGS);
  for (const nowMs of [0, 100, 200]) node.observe(reading(usedBytes), nowMs);
  return node;
}

function promise(node: MemoryNode, meanBytes: number): void {
  node.ledger.add(new Entry({ meanBytes, spreadBytes: 0 }, 200));
}

const exactly = (meanBytes: number) => ({ meanBytes, spreadBytes: 0 });

test("promises up to a share of the limit that depends on how much a request matters", () => {
  const node = nodeAt(300);
  promise(node, 200);
  assert.equal(node.fits(exactly(380), "background"), true);
  assert.equal(node.fits(exactly(381), "background"), false);
  assert.equal(node.fits(exactly(440), "normal"), true);
  assert.equal(node.fits(exactly(441), "normal"), false);
  assert.equal(node.fits(exactly(470), "critical"), true);
  assert.equal(node.fits(exactly(471), "critical"), false);
});

test("the bands leave shares of the configured permits", () => {
  const permits = [500, 650, 750, 820, 900].map((used) => nodeAt(used).permits(10, "normal"));
  assert.deepEqual(permits, [10, 10, 7, 5, 0]);
});

test("in the highest band what is critical is bounded by bytes alone", () => {
  assert.equal(nodeAt(900).permits(10, "critical"), 10);
});

test("memory that fills by itself within two seconds stops everything", () => {
  const node = nodeAt(300);
  node.observe(reading(400), 300);
  assert.equal(node.band, "CRITICAL");
  assert.equal(node.permits(10, "critical"), 0);
});

test("memory that fills with what was promised stops nothing", () => {
  const node = nodeAt(300);
  promise(node, 300);
  node.observe(reading(400), 300);
  assert.equal(node.band, "NORMAL");
});

test("waiting for memory stops admission", () => {
  const node = new MemoryNode(SETTINGS);
  node.observe(reading(100, { stallMs: 0 }), 0);
  node.observe(reading(100, { stallMs: 50 }), 100);
  assert.equal(node.band, "CRITICAL");
});

test("a reading that never came or is too old leaves half of the permits", () => {
  const never = new MemoryNode(SETTINGS);
  never.observe(undefined, 0);
  assert.equal(never.permits(10, "normal"), 5);
  const node = nodeAt(100);
  node.observe(undefined, 2_000);
  assert.equal(node.permits(10, "normal"), 10);
  node.observe(undefined, 2_500);
  assert.equal(node.permits(10, "normal"), 5);
  assert.equal(node.state(2_500).sampleAgeMs, 2_300);
});

test("without a limit nothing is full", () => {
  const node = new MemoryNode(SETTINGS);
  node.observe(reading(100, { limitBytes: undefined }), 0);
  assert.equal(node.band, "NORMAL");
  assert.equal(node.fits(exactly(1e15), "background"), true);
  assert.equal(node.state(0).percent, undefined);
});

test("a limit of its own counts where the cgroup's is higher", () => {
  const node = new MemoryNode({ ...SETTINGS, limitBytes: 400 });
  node.observe(reading(300), 0);
  assert.equal(node.state(0).percent, 75);
});

test("kills and restarts are counted", () => {
  const node = nodeAt(100);
  node.observe(reading(100, { oomKills: 2 }), 300);
  assert.equal(node.state(300).oomKills, 2);
  node.observe(reading(50, { oomKills: 0, generation: 2 }), 400);
  assert.deepEqual([node.state(400).oomKills, node.state(400).restarts], [2, 1]);
});

test("only what exceeds all there is when idle is beyond it", () => {
  const node = nodeAt(300);
  assert.equal(node.isBeyond(670), false);
  assert.equal(node.isBeyond(671), true);
});

test("what a backend keeps becomes its base slowly, and what it gives back at once", () => {
  const node = nodeAt(300);
  node.observe(reading(600), 5_200);
  const { baseBytes = 0 } = node.state(5_200);
  assert.ok(baseBytes > 480 && baseBytes < 500, String(baseBytes));
  node.observe(reading(200), 5_300);
  assert.equal(node.state(5_300).baseBytes, 200);
});

const use = fc.integer({ min: 0, max: 1_200 });

test("what does not fit beside little does not fit beside more", () => {
  const rank = fc.constantFrom(...CRITICALITIES);
  fc.assert(
    fc.property(fc.tuple(use, use), fc.nat(1_000), rank, ([a, b], size, criticality) => {
      const [low, high] = [nodeAt(Math.min(a, b)), nodeAt(Math.max(a, b))];
      const fits = (node: MemoryNode) => node.fits(exactly(size), criticality);
      assert.ok(fits(low) || !fits(high));
      assert.ok(low.permits(10, criticality) >= high.permits(10, criticality));
    }),
  );
});

test("what is let in by bytes never adds up to more than the share of the limit", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 20 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 900 }), sizes, (used, all) => {
      const node = nodeAt(used);
      for (const size of all) if (node.fits(exactly(size), "normal")) promise(node, size);
      assert.ok(used > 940 || used + node.ledger.reservedBytes <= 940);
    }),
  );
});
