import assert from "node:assert/strict";
import { test } from "node:test";
import { planEnvironment } from "../../../core/planner.ts";
import { MIB } from "../../../core/units.ts";
import { appOf, limitsOf, specOf, stackOf } from "../../support/specs.ts";

type Row = Readonly<Record<string, number>>;

/** The planning table's rows: what each line may differ by at most 15 %. */
const ROWS: readonly (readonly [memoryMib: number, slots: number, row: Row])[] = [
  [
    1950,
    2,
    {
      kernel: 180,
      system: 110,
      nginx: 48,
      guard: 64,
      postgres: 320,
      redis: 96,
      "chat-1": 300,
      "chat-2": 300,
      batch: 128,
    },
  ],
  [
    3900,
    4,
    {
      kernel: 260,
      system: 130,
      nginx: 64,
      guard: 96,
      postgres: 1024,
      redis: 192,
      "chat-1": 300,
      "chat-4": 300,
      batch: 256,
    },
  ],
  // Its stores and slot are lower than the table's: that leaves 3 % to the page cache, which no plan may.
  [970, 1, { kernel: 150, system: 90, nginx: 32, batch: 48 }],
];

for (const [memoryMib, slots, row] of ROWS) {
  test(`${memoryMib} MiB with nothing fixed: the lines of the planning table, within 15 %`, () => {
    const limits = limitsOf(planEnvironment(stackOf(memoryMib, slots)));
    for (const [who, mib] of Object.entries(row)) {
      const got = limits[who] ?? 0;
      assert.ok(Math.abs(got - mib) <= 0.15 * mib, `${who}: ${got} MiB, the table has ${mib}`);
    }
  });
}

test("2 GB with nothing fixed, to the MiB", () => {
  const { memory } = planEnvironment(stackOf(1950, 2));
  const services = memory.lines.filter(({ tier }) => tier === "service");
  assert.deepEqual(
    services.map(({ who, limitBytes, reservationBytes, swapBytes, oomScoreAdj }) => [
      who,
      ...[limitBytes, reservationBytes, swapBytes].map((bytes) => bytes / MIB),
      oomScoreAdj,
    ]),
    [
      ["postgres", 320, 240, 0, 100],
      ["redis", 96, 72, 0, 200],
      ["chat-1", 300, 150, 60, 400],
      ["chat-2", 300, 150, 60, 400],
    ],
  );
  assert.equal(memory.headroomBytes / MIB, 211);
});

test("1 GB with one slot fits, with 8 % left", () => {
  const plan = planEnvironment(stackOf(970, 1));
  const { postgres, redis, "chat-1": chat } = limitsOf(plan);
  assert.deepEqual([postgres, redis, chat], [147, 36, 140]);
  assert.equal(plan.memory.headroomBytes / MIB, 78);
});

test("what the operator fixes is kept, and the rest shared out in proportion", () => {
  const limits = limitsOf(
    planEnvironment(
      specOf(1950, {
        chat: appOf({ limitBytes: 400 * MIB, reservationBytes: 100 * MIB }),
        postgres: { kind: "postgres" },
        redis: { kind: "redis", limitBytes: 64 * MIB, swapBytes: 32 * MIB },
      }),
    ),
  );
  assert.deepEqual(
    [limits["chat-1"], limits["chat-2"], limits["redis"], limits["postgres"]],
    [400, 400, 64, 202],
  );
});

test("a limit that is left out is at least the reservation that is not", () => {
  const plan = planEnvironment(
    specOf(1950, { chat: appOf({ slots: 1, reservationBytes: 900 * MIB }) }),
  );
  assert.ok((limitsOf(plan)["chat-1"] ?? 0) >= 900);
});

test("swap allowances that are left out share what the swap file has", () => {
  const spec = stackOf(1950, 2);
  const small = { ...spec, server: { ...spec.server, swapBytes: 50 * MIB } };
  const swaps = planEnvironment(small).memory.lines.map(({ swapBytes }) => swapBytes / MIB);
  assert.deepEqual(
    swaps.filter((mib) => mib > 0),
    [25, 25],
  );
});
