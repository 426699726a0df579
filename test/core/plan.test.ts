import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { planEnvironment } from "../../core/planner.ts";
import type { AskedSpec } from "../../core/spec.ts";
import { GIB, MIB } from "../../core/units.ts";
import { problemsOf } from "../support/environments.ts";

const SPEC: AskedSpec = {
  project: "plimsoll",
  name: "local",
  server: { memoryBytes: 1950 * MIB, cpus: 2, swapBytes: 2 * GIB, diskBytes: 40 * GIB },
  services: {
    chat: {
      kind: "app",
      slots: 2,
      port: 3000,
      limitBytes: 300 * MIB,
      swapBytes: 64 * MIB,
      memoryPerRequestBytes: 12 * MIB,
      runtime: "node",
    },
    postgres: { kind: "postgres", limitBytes: 320 * MIB },
    redis: { kind: "redis", limitBytes: 96 * MIB },
  },
};

const withChat = (patch: object): AskedSpec => ({
  ...SPEC,
  services: { ...SPEC.services, chat: { ...SPEC.services["chat"], ...patch } as never },
});

test("the default stack on a 2 GB server: every line and what is left", () => {
  const { memory } = planEnvironment(SPEC);
  assert.deepEqual(
    memory.lines.map(({ who, limitBytes, reservationBytes, swapBytes }) => [
      who,
      limitBytes / MIB,
      reservationBytes / MIB,
      swapBytes / MIB,
    ]),
    [
      ["kernel", 180, 0, 0],
      ["system", 110, 0, 0],
      ["docker", 121, 0, 0],
      ["shims", 72, 0, 0],
      ["nginx", 48, 36, 0],
      ["guard", 64, 48, 0],
      ["postgres", 320, 240, 0],
      ["redis", 96, 72, 0],
      ["chat-1", 300, 150, 64],
      ["chat-2", 300, 150, 64],
      ["batch", 128, 0, 0],
    ],
  );
  assert.equal(memory.headroomBytes / MIB, 211);
});

test("a third slot of 300 MiB is refused with what fits", () => {
  assert.deepEqual(
    problemsOf(() => planEnvironment(withChat({ slots: 3 }))),
    [
      "environments.local.server.memory: reserve and limits sum to 2075 MiB, with a page cache of 8 % 2255 MiB, got 1950 MiB; ask for less, or take a larger server",
      `environments.local: this fits:
    - services.chat.limit: 300MiB
    + services.chat.limit: 205MiB`,
      `environments.local: all of it fits with:
    - server.memory: 1950MiB
    + server.memory: 2298MiB`,
    ],
  );
});

test("reservations above limits, swap above the swap file, and limits below the floor are all named", () => {
  const spec = withChat({ reservationBytes: 301 * MIB, swapBytes: 2 * GIB });
  const services = {
    ...spec.services,
    postgres: { kind: "postgres" as const, limitBytes: 64 * MIB },
  };
  assert.deepEqual(
    problemsOf(() => planEnvironment({ ...spec, services })),
    [
      "environments.local.services.postgres.limit: postgres with 10 connections needs at least 139 MiB, got 64 MiB; raise it to 139MiB",
      "environments.local.services.chat.reservation: at most the limit of 300 MiB, got 301 MiB; lower it to 300MiB",
      "environments.local.server.swap: the swap of chat sums to 4096 MiB, got 2048 MiB; leave the services' swap out or enlarge the swap file",
      `environments.local: this fits:
    - services.chat.swap: 2048MiB
    + services.chat.swap: null
    - services.chat.reservation: 301MiB
    + services.chat.reservation: 300MiB
    - services.postgres.limit: 64MiB
    + services.postgres.limit: 139MiB`,
    ],
  );
});

test("whatever is asked for: either all of it fits with room for the page cache, or it is refused", () => {
  const spec = fc.record({
    memory: fc.integer({ min: 512, max: 65_536 }),
    slots: fc.integer({ min: 1, max: 16 }),
    limit: fc.integer({ min: 32, max: 4096 }),
    postgres: fc.integer({ min: 32, max: 16_384 }),
  });
  let planned = 0;
  fc.assert(
    fc.property(spec, ({ memory, slots, limit, postgres }) => {
      const base = withChat({ slots, limitBytes: limit * MIB, swapBytes: 0 });
      const asked: AskedSpec = {
        ...base,
        server: { ...base.server, memoryBytes: memory * MIB },
        services: { ...base.services, postgres: { kind: "postgres", limitBytes: postgres * MIB } },
      };
      try {
        const plan = planEnvironment(asked);
        const used = plan.memory.lines.reduce((sum, line) => sum + line.limitBytes, 0);
        planned += 1;
        assert.ok(used + plan.memory.headroomBytes === memory * MIB);
        assert.ok(plan.memory.headroomBytes >= 0.08 * memory * MIB);
        for (const { node } of plan.slots)
          assert.ok((node?.oldSpaceBytes ?? 0) / MIB + 24 + 64 <= limit);
      } catch (error) {
        assert.equal((error as Error).name, "OperatorError", String((error as Error).stack));
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(planned > 10, `only ${planned} plans were made`);
});
