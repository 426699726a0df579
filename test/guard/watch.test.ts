import assert from "node:assert/strict";
import test from "node:test";
import { INTERVAL_MS, MIB, type Watched, watched } from "./memory-files.ts";
import { askOf, LIMIT, until } from "./support.ts";

const { route } = askOf();

function learn({ costs }: Watched, ...mib: number[]): void {
  for (const each of mib) costs.learn(route, { actualBytes: each * MIB, durationMs: 100 });
}

test(
  "a backend's memory is read again and again, and at once before the first request",
  LIMIT,
  async (t) => {
    const { files, watch, backend } = watched(t);
    assert.equal(watch.nodeOf(backend)?.state(0).usedBytes, 60 * MIB);
    files.use(90);
    await until("it is seen", () => watch.nodeOf(backend)?.state(0).usedBytes === 90 * MIB);
  },
);

test("a kill makes the route that was under way dearer", LIMIT, async (t) => {
  const scene = watched(t);
  learn(scene, ...Array(64).fill(10));
  const cost = () => scene.costs.estimate(route).meanBytes / MIB;
  scene.backend.gate.admit(askOf({ cost: scene.costs.estimate(route) }));
  assert.equal(cost(), 10);
  scene.files.kill(1);
  await until("it is dearer", () => cost() === 20);
});

test(
  "a container made anew may be another version: what was learned of it is doubted",
  LIMIT,
  async (t) => {
    const scene = watched(t);
    learn(scene, ...Array(57).fill(10), ...Array(7).fill(40));
    const cost = () => scene.costs.estimate(route).meanBytes / MIB;
    assert.ok(cost() < 14);
    scene.backend.gate.admit(askOf()).ended("failed");
    let looks = 0;
    scene.backend.onChange = () => {
      looks += 1;
    };
    scene.files.write("memory.current", "");
    const age = () => scene.watch.nodeOf(scene.backend)?.state(performance.now()).sampleAgeMs ?? 0;
    // Looks too: on a busy machine time alone may pass without one.
    await until("it is gone", () => looks > 5 && age() > 5 * INTERVAL_MS);
    scene.files.use(50);
    await until("it is doubted", () => cost() === 40);
  },
);

test("who waits is asked again after each look", LIMIT, async (t) => {
  const { backend } = watched(t);
  let asked = 0;
  backend.onChange = () => {
    asked += 1;
  };
  await until("three looks", () => asked >= 3);
});
