import assert from "node:assert/strict";
import test from "node:test";
import type { Ask } from "../../guard/ask.ts";
import { CostModel } from "../../guard/cost-model.ts";
import { MemoryGate } from "../../guard/memory-gate.ts";
import { MemoryNode } from "../../guard/memory-node.ts";
import type { RouteSettings } from "../../guard/route-settings.ts";
import { askOf, SETTINGS } from "./support.ts";

const MIB = 2 ** 20;
const THRESHOLDS = {
  warningPercent: 70,
  maxPercent: 80,
  criticalPercent: 85,
  checkIntervalMs: 100,
};

/** A backend of 300 MiB of which 60 are in use, on a server of 2000 MiB, and a clock. */
class Scene {
  readonly permits = { limit: 1_000, active: 0 };
  readonly costs: CostModel;
  readonly gate: MemoryGate;
  nowMs = 0;
  usedMib = 60;
  isObserving = false;
  readonly #own: MemoryNode;
  readonly #host: MemoryNode;

  constructor(estimatedMib = 100) {
    this.costs = new CostModel(estimatedMib * MIB);
    const node = (name: string, limitMib: number) =>
      new MemoryNode({ ...SETTINGS, ...THRESHOLDS, name, limitBytes: limitMib * MIB });
    this.#own = node("a", 300);
    this.#host = node("host", 2_000);
    this.gate = new MemoryGate({
      host: this.#host,
      own: this.#own,
      costs: this.costs,
      permits: this.permits,
      look: (isClean) => {
        this.look(this.usedMib, isClean);
        return this.#own.freedBytes;
      },
      isObserving: () => this.isObserving,
      nowMs: () => this.nowMs,
    });
    this.look(this.usedMib);
  }

  /** A request as it comes now. */
  ask(more: Partial<Ask> = {}): Ask {
    const { route } = askOf();
    return askOf({ route, cost: this.costs.estimate(route), ...more });
  }

  /** @param usedMib of the backend, 100 ms later. */
  pass(usedMib: number): void {
    this.nowMs += 100;
    this.look(usedMib);
  }

  look(usedMib: number, isClean = true): void {
    this.usedMib = usedMib;
    const reading = { oomKills: 0, stallMs: undefined, generation: 1 };
    this.#own.observe(
      { ...reading, usedBytes: usedMib * MIB, limitBytes: 300 * MIB },
      this.nowMs,
      isClean,
    );
    const hostMib = 500 + usedMib;
    this.#host.observe(
      { ...reading, usedBytes: hostMib * MIB, limitBytes: 2_000 * MIB },
      this.nowMs,
      isClean,
    );
    this.gate.observed(this.nowMs);
  }
}

const EXPORT: RouteSettings = {
  name: "GET /export",
  path: "/export",
  method: undefined,
  criticality: "normal",
  costBytes: undefined,
  size: undefined,
  singleFlight: undefined,
  maxResultBytes: undefined,
};

/** A request of another kind, whose cost is known. */
function costing(mib: number): Ask {
  const route = { ...askOf().route, name: "GET /known" };
  return askOf({ route, cost: { meanBytes: mib * MIB, spreadBytes: 0 } });
}

test("lets in as many as can have what is expected of them", () => {
  const scene = new Scene();
  // 60 and 100 and 100 of the 282 that may be promised.
  for (let count = 0; count < 2; count += 1) {
    assert.equal(scene.gate.binding(scene.ask()), "none");
    scene.gate.admit(scene.ask());
  }
  assert.equal(scene.gate.binding(scene.ask()), "backend_memory");
});

test("an idle backend takes one, whatever it is expected to take", () => {
  const scene = new Scene(1_000);
  assert.equal(scene.gate.binding(scene.ask()), "none");
});

test("what a request took is learned when it is answered", () => {
  const scene = new Scene();
  const account = scene.gate.admit(scene.ask());
  for (const usedMib of [70, 80, 90]) scene.pass(usedMib);
  scene.usedMib = 60;
  account.ended("completed");
  const [route] = scene.costs.states();
  assert.equal(route?.samples, 1);
  assert.equal(route?.lastActualBytes, 30 * MIB);
});

test("nothing is learned from one that was left: the backend may work on, and its memory stays promised", () => {
  const scene = new Scene();
  const answered = scene.gate.admit(costing(100));
  for (let looks = 0; looks < 10; looks += 1) scene.pass(60);
  answered.ended("completed");
  const left = scene.gate.admit(costing(100));
  scene.pass(60);
  left.ended("abandoned");
  assert.equal(scene.costs.states()[0]?.samples, 1);
  scene.gate.admit(costing(100));
  assert.equal(scene.gate.binding(costing(100)), "backend_memory");
  // One and a half times as long as such a request took.
  for (let looks = 0; looks < 15; looks += 1) scene.pass(60);
  assert.equal(scene.gate.binding(costing(100)), "none");
});

test("nothing is learned from one that the backend broke off, and its memory is free", () => {
  const scene = new Scene();
  const account = scene.gate.admit(scene.ask());
  scene.pass(70);
  account.ended("failed");
  assert.equal(scene.costs.states()[0]?.samples, 0);
  assert.equal(scene.gate.binding(scene.ask()), "none");
});

test("what the backend itself tells is believed", () => {
  const scene = new Scene();
  const account = scene.gate.admit(scene.ask());
  scene.pass(70);
  account.costs(42 * MIB);
  account.ended("completed");
  assert.equal(scene.costs.states()[0]?.lastActualBytes, 42 * MIB);
});

test("when the backend dies, the largest of those under way costs twice as much from then on", () => {
  const scene = new Scene();
  scene.gate.admit(scene.ask());
  scene.pass(200);
  scene.gate.died();
  assert.equal(scene.costs.estimate(scene.ask().route).meanBytes, 280 * MIB);
});

test("the start of a stream is learned, and what it does not take is free while it lasts", () => {
  const scene = new Scene(200);
  for (let count = 0; count < 8; count += 1) {
    assert.equal(scene.gate.binding(scene.ask()), "none", `stream ${count}`);
    const account = scene.gate.admit(scene.ask());
    scene.pass(scene.usedMib + 1);
    account.becameStream();
  }
  const [route] = scene.costs.states();
  assert.deepEqual([route?.samples, route?.lastActualBytes], [8, MIB]);
  // Of 282 that may be promised 68 are in use: all of it by streams that have what they take.
  const fits = (mib: number) => scene.gate.binding(costing(mib));
  assert.deepEqual([fits(214), fits(215)], ["none", "backend_memory"]);
});

test("what a stream takes before its first byte is promised like any other's", () => {
  const scene = new Scene(200);
  scene.gate.admit(scene.ask());
  // A third of the 222 MiB that are free when nothing is under way.
  const fits = (mib: number) => scene.gate.binding(costing(mib));
  assert.deepEqual([fits(148), fits(149)], ["none", "backend_memory"]);
});

test("what is freed at the end of a stream is no request's cost", () => {
  const scene = new Scene();
  const account = scene.gate.admit(scene.ask());
  scene.pass(61);
  account.becameStream();
  scene.pass(90);
  scene.usedMib = 60;
  account.ended("completed");
  assert.deepEqual(
    scene.costs.states().map(({ samples }) => samples),
    [1],
  );
});

test("the first of an unknown kind is promised a third of what there is, the next one all that is configured", () => {
  const scene = new Scene(200);
  scene.gate.admit(costing(148));
  assert.equal(scene.gate.binding(scene.ask()), "none");
  scene.gate.admit(scene.ask());
  assert.equal(scene.gate.binding(scene.ask()), "backend_memory");
});

test("no more go by what was learned than have been seen to end", () => {
  const scene = new Scene(100);
  for (let count = 0; count < 2; count += 1) {
    const account = scene.gate.admit(scene.ask());
    scene.pass(61);
    scene.usedMib = 60;
    account.ended("completed");
  }
  // One has taken 1 MiB, and 222 are free: the third and the fourth are promised 100 each, and a fifth would be too.
  for (let count = 0; count < 4; count += 1) {
    assert.equal(scene.gate.binding(scene.ask()), "none", `request ${count}`);
    scene.gate.admit(scene.ask());
  }
  assert.equal(scene.gate.binding(scene.ask()), "backend_memory");
});

test("growth of a request that tells no size says nothing of those of its route that do", () => {
  const scene = new Scene(12);
  const size = { from: "query", name: "rows", bytesPerUnit: MIB } as const;
  const told = { name: "GET /export", settings: { ...EXPORT, size }, size: 10 };
  const untold = { ...told, size: undefined };
  for (const route of [told, untold]) {
    scene.gate.admit(askOf({ route, cost: scene.costs.estimate(route) }));
  }
  scene.gate.admit(costing(60));
  scene.pass(120);
  // Twice its size, as before.
  assert.equal(scene.costs.estimate(told).meanBytes, 20 * MIB);
  assert.equal(scene.costs.estimate(untold).meanBytes, 60 * MIB);
});
