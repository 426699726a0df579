import assert from "node:assert/strict";
import { test } from "node:test";
import { Figures, valuesOf, why } from "../../core/figure.ts";
import { Leaves } from "../../core/leaves.ts";
import { fittingConnections, type PostgresPlan, postgresFigures } from "../../core/postgres.ts";
import { sharedMemoryBytes } from "../../core/postgres-memory.ts";
import { GIB, MIB } from "../../core/units.ts";

/** The settings of a Postgres with so much memory, for pools of so many connections. */
function planned(
  limitMib: number,
  pools: number,
  { disk = 40, cpus = 2, own = {} } = {},
): PostgresPlan {
  const figures = new Figures("test", { source: "test" });
  const config = new Leaves({
    project: "plimsoll",
    name: "test",
    server: { memoryBytes: 2 * GIB, cpus, swapBytes: 0, diskBytes: disk * GIB },
    services: { postgres: { kind: "postgres", ...own } },
  });
  const inputs = {
    who: "postgres",
    limit: figures.bytes("limit", limitMib * MIB, why`test`),
    config,
  };
  const sum = figures.count("pools", pools, why`test`);
  return valuesOf<PostgresPlan>(postgresFigures(inputs, sum, fittingConnections(inputs)));
}

/** Limit, pools, disk, cpus; then what the plan is held to within 15 %, in MiB. */
const GOLD = [
  {
    row: [256, 12, 40, 2],
    sizes: [64, 160, 16, 2, 128, 512, 64, 73, 221],
    counts: [20, 2],
  },
  {
    row: [320, 16, 40, 2],
    sizes: [80, 208, 20, 2, 128, 512, 64, 90, 270],
    counts: [25, 2],
  },
  {
    row: [1024, 52, 80, 4],
    sizes: [256, 736, 64, 4, 512, 2048, 256, 278, 886],
    counts: [60, 3],
  },
] as const;

for (const { row, sizes, counts } of GOLD) {
  const [limit, pools, disk, cpus] = row;
  test(`a limit of ${limit} MiB gives the settings of the reference within 15 %`, () => {
    const plan = planned(limit, pools, { disk, cpus });
    const found = [
      plan.sharedBuffersBytes,
      plan.effectiveCacheBytes,
      plan.maintenanceBytes,
      plan.workBytes,
      plan.minWalBytes,
      plan.maxWalBytes,
      plan.shmBytes,
      plan.sharedMemoryBytes,
      plan.worstBytes,
    ].map((bytes) => bytes / MIB);
    sizes.forEach((gold, at) => {
      const value = found[at] ?? 0;
      assert.ok(Math.abs(value - gold) <= 0.15 * gold, `column ${at}: ${value}, gold ${gold}`);
    });
    const [connections, workers] = counts;
    assert.ok(Math.abs(plan.maxConnections - connections) <= 0.15 * connections);
    assert.equal(plan.vacuumWorkers, workers);
  });
}

test("shared memory is what Postgres 15 said, within 3 %", () => {
  const measured = [
    [32, 20, 38],
    [64, 100, 75],
    [96, 40, 106],
    [128, 200, 148],
    [256, 100, 279],
    [512, 20, 547],
  ] as const;
  for (const [buffers, connections, said] of measured) {
    const modelled = sharedMemoryBytes(buffers * MIB, connections) / MIB;
    assert.ok(
      Math.abs(modelled - said) <= Math.max(1, 0.03 * said),
      `${buffers}/${connections}: ${modelled}`,
    );
  }
});

test("a small disk bounds the write-ahead log", () => {
  const { maxWalBytes, minWalBytes } = planned(320, 16, { disk: 4 });
  assert.deepEqual([maxWalBytes / MIB, minWalBytes / MIB], [204, 51]);
});

test("work_mem shrinks when many connections are asked for, down to 1 MiB", () => {
  assert.equal(planned(320, 16).workBytes, 2 * MIB);
  assert.equal(planned(320, 60).workBytes, MIB);
});

test("io settings follow the major version", () => {
  const io = (major: number) => {
    const plan = planned(320, 16, { own: { major } });
    return [plan.ioConcurrency, plan.ioWorkers, plan.minIoWorkers, plan.maxIoWorkers];
  };
  assert.deepEqual(io(17), [16, 0, 0, 0]);
  assert.deepEqual(io(18), [16, 2, 0, 0]);
  assert.deepEqual(io(19), [16, 0, 1, 2]);
});

test("parallel plans are for servers with cores to spare", () => {
  assert.equal(planned(320, 16).parallelWorkers, 0);
  assert.equal(planned(1024, 52, { cpus: 16 }).parallelWorkers, 2);
});
