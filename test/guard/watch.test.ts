import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { Backend } from "../../guard/backend.ts";
import { CostModel } from "../../guard/cost-model.ts";
import { Log } from "../../guard/log.ts";
import { Watch } from "../../guard/watch.ts";
import { askOf, backendAt, LIMIT, SETTINGS, until } from "./support.ts";

const MIB = 2 ** 20;
const INTERVAL_MS = 20;

/** Files as version 2 of the kernel's interface has them, in a folder of the test's own. */
class Files {
  readonly root = mkdtempSync(join(tmpdir(), "guard-watch-"));
  readonly #folder = join(this.root, "slot");

  constructor(t: TestContext) {
    t.after(() => rmSync(this.root, { recursive: true }));
    mkdirSync(this.#folder);
    this.use(60);
    this.write("memory.max", String(300 * MIB));
    this.write("memory.stat", "inactive_file 0\n");
    this.kill(0);
  }

  use(mib: number): void {
    this.write("memory.current", String(mib * MIB));
  }

  kill(count: number): void {
    this.write("memory.events", `oom_kill ${count}\n`);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text);
  }
}

interface Watched {
  readonly files: Files;
  readonly costs: CostModel;
  readonly watch: Watch;
  readonly backend: Backend;
}

function watched(t: TestContext): Watched {
  const files = new Files(t);
  const costs = new CostModel(10 * MIB);
  const watch = new Watch({ ...SETTINGS, checkIntervalMs: INTERVAL_MS }, costs, files.root);
  t.after(() => watch.close());
  const backend = new Backend(backendAt(1, { cgroup: "slot" }), SETTINGS, new Log("error"));
  t.after(() => backend.close());
  watch.attach([backend]);
  return { files, costs, watch, backend };
}

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
    scene.files.write("memory.current", "");
    const age = () => scene.watch.nodeOf(scene.backend)?.state(performance.now()).sampleAgeMs ?? 0;
    await until("it is gone", () => age() > 5 * INTERVAL_MS);
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
