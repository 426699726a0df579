import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { withChanges } from "../../core/change.ts";
import { violations } from "../../core/invariants/violations.ts";
import { compute, type Plan } from "../../core/plan.ts";
import { judge, planEnvironment } from "../../core/planner.ts";
import { isRefusal } from "../../core/refusal.ts";
import type { AskedSpec } from "../../core/spec.ts";
import { GIB, MIB } from "../../core/units.ts";
import { problemsOf } from "../support/environments.ts";
import { appOf, limitsOf, specOf, stackOf } from "../support/specs.ts";

function refusalOf(asked: AskedSpec): readonly string[] {
  return problemsOf(() => planEnvironment(asked));
}

function offered(asked: AskedSpec): AskedSpec {
  const verdict = judge(asked);
  assert.ok(isRefusal(verdict) && verdict.offer, "there is an offer");
  return withChanges(asked, verdict.offer);
}

const withLimit = (mib: number) => ({ limitBytes: mib * MIB });

test("three slots of 300 MiB on the default server are refused, and what is offered fits", () => {
  const asked = specOf(1950, {
    chat: appOf({ slots: 3, ...withLimit(300) }),
    postgres: { kind: "postgres" },
    redis: { kind: "redis" },
  });
  assert.deepEqual(refusalOf(asked), [
    "environments.local.server.memory: reserve and limits sum to 1838 MiB, with a page cache of 8 % 1998 MiB, got 1950 MiB; ask for less, or take a larger server",
    `environments.local: this fits:
    - services.chat.limit: 300MiB
    + services.chat.limit: 236MiB`,
    `environments.local: all of it fits with:
    - server.memory: 1950MiB
    + server.memory: 2004MiB`,
  ]);
  const limits = limitsOf(planEnvironment(offered(asked)));
  assert.deepEqual([limits["chat-3"], limits["postgres"], limits["redis"]], [236, 240, 66]);
});

test("the documents as written ask for 5.5 GB of 2: every contradiction is named, and a plan that fits is offered", () => {
  const spec = specOf(1950, {
    // Three processes of 500 MiB, a pool of 100 each, a reservation of 1 GiB, swap as the backstop of 2 GiB.
    api: appOf({
      slots: 3,
      ...withLimit(500),
      reservationBytes: GIB,
      swapBytes: 2 * GIB,
      memoryPerRequestBytes: 200 * MIB,
      heapBytes: 480 * MIB,
      databasePool: 100,
    }),
    // Twice the cpus and one, 200 to 500 MiB each, in the Redis document's slice of 600 MiB.
    python: appOf({
      runtime: "uvicorn",
      slots: 1,
      ...withLimit(600),
      workers: 5,
      workerMemoryBytes: 200 * MIB,
      llmRequests: 3,
    }),
    // 200 connections with work_mem of 4 MiB in what is left of the server.
    postgres: { kind: "postgres", ...withLimit(512), maxConnections: 200 },
    // maxmemory 2gb.
    redis: { kind: "redis", ...withLimit(2048) },
  });
  const asked = {
    ...spec,
    server: { ...spec.server, diskBytes: 2 * GIB },
    timeouts: { proxyReadMs: 600_000, deadlineMs: 300_000, drainMs: 60_000, stopGraceMs: 60_000 },
    guard: { warningPercent: 75, highPercent: 85, criticalPercent: 85 },
  };
  assert.deepEqual(refusalOf(asked).slice(0, -2), [
    "environments.local.server.memory: reserve and limits sum to 5455 MiB, with a page cache of 8 % 5929 MiB, got 1950 MiB; ask for less, or take a larger server",
    "environments.local.services.postgres.limit: postgres with 200 connections needs at least 1665 MiB, got 512 MiB; raise it to 1665MiB or leave maxConnections out",
    "environments.local.services.api.reservation: at most the limit of 500 MiB, got 1024 MiB; lower it to 500MiB",
    "environments.local.server.swap: at most half of the disk, 1024 MiB, got 2048 MiB; lower it to 1024MiB or take a larger disk",
    "environments.local.server.swap: the swap of api sums to 6144 MiB, got 2048 MiB; leave the services' swap out or enlarge the swap file",
    "environments.local.services.api.limit: holds a heap of 504 MiB and 64 MiB beside it, got 500 MiB; raise it or leave heap out",
    "environments.local.services.postgres: the slots' pools hold 300 connections and the superuser 3, got max_connections 200; use fewer slots or smaller pools",
    "environments.local.services.python.workers: 5 processes take 1030 MiB before their first request, below the limit, got 600 MiB; use fewer, or raise the limit",
    "environments.local.services.python.llmRequests: at least one for each process of each slot, got 3; raise it, or use fewer slots or processes",
    "environments.local.guard.criticalPercent: must be above guard.highPercent of 85 %, got 85 %; raise it or lower guard.highPercent",
    "environments.local.timeouts.deadline: must be above timeouts.proxyRead of 600 s, got 300 s; raise it or lower timeouts.proxyRead",
    "environments.local.timeouts.drain: must be above timeouts.deadline of 300 s, got 60 s; raise it or lower timeouts.deadline",
    "environments.local.timeouts.stopGrace: must be above timeouts.drain of 60 s, got 60 s; raise it or lower timeouts.drain",
    "environments.local.timeouts.cdn: must be above timeouts.proxyRead of 600 s, got 120 s; raise it or lower timeouts.proxyRead",
    "environments.local.server.disk: holds system, swap of 2048 MiB, images, logs and 1024 MiB of data, got 2048 MiB; take a disk of 13GiB or less swap",
  ]);
  assert.ok(limitsOf(planEnvironment(offered(asked))));
});

test("what an offer's smaller limit no longer carries is left out with it: workers, a heap", () => {
  const workers = appOf({ slots: 1, runtime: "gunicorn", workers: 6, ...withLimit(1024) });
  assert.match(
    refusalOf(specOf(1300, { api: workers })).at(-2) ?? "",
    /this fits:\n {4}- services\.api\.workers: 6\n {4}\+ services\.api\.workers: null\n {4}- services\.api\.limit: 1024MiB\n {4}\+ services\.api\.limit: 555MiB$/,
  );
  const heap = appOf({ slots: 1, heapBytes: 512 * MIB, ...withLimit(700) });
  assert.match(
    refusalOf(specOf(1000, { api: heap })).at(-2) ?? "",
    /this fits:\n {4}- services\.api\.heap: 512MiB\n {4}\+ services\.api\.heap: null\n {4}- services\.api\.limit: 700MiB\n {4}\+ services\.api\.limit: 335MiB$/,
  );
});

test("512 MB carry none of it, and the refusal says what would", () => {
  assert.deepEqual(refusalOf(stackOf(480, 1)), [
    "environments.local.server.memory: reserve and limits sum to 852 MiB, with a page cache of 8 % 926 MiB, got 480 MiB; ask for less, or take a larger server",
    "environments.local: nothing of it fits as it is",
    "environments.local: all of it fits with:\n    - server.memory: 480MiB\n    + server.memory: 927MiB",
  ]);
});

test("1 GB with two slots is offered one; 800 MiB are told what to drop", () => {
  assert.match(
    refusalOf(stackOf(970, 2)).at(-2) ?? "",
    /this fits:\n {4}- services\.chat\.slots: 2\n {4}\+ services\.chat\.slots: 1$/,
  );
  assert.match(
    refusalOf(stackOf(800, 1)).at(-2) ?? "",
    /this fits:\n {4}- services\.postgres: \{…\}\n {4}\+ services\.postgres: null$/,
  );
});

const mib = (min: number, max: number) => fc.integer({ min, max }).map((value) => value * MIB);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 1 });
const memoryKeys = (maxMib: number) => ({
  limitBytes: maybe(mib(16, maxMib)),
  reservationBytes: maybe(mib(0, maxMib / 2)),
  swapBytes: maybe(mib(0, 512)),
});

const anyService = fc.oneof(
  fc.record({
    kind: fc.constant("app" as const),
    slots: fc.integer({ min: 1, max: 6 }),
    port: fc.constant(3000),
    memoryPerRequestBytes: fc.oneof(mib(1, 64), mib(64, 1024)),
    runtime: fc.constantFrom("node", "none", "gunicorn", "uvicorn", "gevent"),
    workers: maybe(fc.integer({ min: 1, max: 8 })),
    databasePool: maybe(fc.integer({ min: 1, max: 40 })),
    heapBytes: maybe(mib(16, 512)),
    ...memoryKeys(1024),
  }),
  fc.record({
    kind: fc.constant("postgres" as const),
    maxConnections: maybe(fc.integer({ min: 1, max: 600 })),
    ...memoryKeys(4096),
  }),
  fc.record({ kind: fc.constant("redis" as const), ...memoryKeys(1024) }),
  fc.record({ kind: fc.constant("site" as const) }),
);

/** 512 MiB to 64 GiB, as many small servers as large ones; 1 to 32 cpus; 1 to 12 services. */
const anySpec = fc
  .record({
    memory: fc.oneof(mib(512, 4096), mib(512, 65_536)),
    cpus: fc.integer({ min: 1, max: 32 }),
    swapBytes: mib(0, 8192),
    diskBytes: mib(2048, 200_000),
    services: fc.array(anyService, { minLength: 1, maxLength: 12 }),
  })
  .map(
    ({ memory, services, ...server }): AskedSpec => ({
      project: "plimsoll",
      name: "local",
      server: { memoryBytes: memory, ...server },
      services: Object.fromEntries(services.map((service, at) => [`service-${at}`, service])),
    }),
  );

const UNFIXED = {
  heapBytes: undefined,
  workers: undefined,
  databasePool: undefined,
  maxConnections: undefined,
};

/** Every app alone, or every store where there is no app, with one slot and nothing fixed: the least that is of use. */
function smallest({ services, ...spec }: AskedSpec): AskedSpec[] {
  const apps = Object.values(services).some(({ kind }) => kind === "app");
  return Object.entries(services).flatMap(([name, service]) => {
    if (service.kind === "site" || (apps && service.kind !== "app")) return [];
    const { limitBytes, reservationBytes, swapBytes, ...bare } = { ...service, ...UNFIXED };
    const one = bare.kind === "app" ? { ...bare, slots: 1 } : bare;
    return [{ ...spec, services: { [name]: one } }];
  });
}

test("20,000 servers and service sets: a plan that holds every rule, or a refusal whose offer does, or truly none", () => {
  const seen = { plans: 0, offers: 0, none: 0 };
  fc.assert(
    fc.property(anySpec, (asked) => {
      const verdict = judge(asked);
      if (!isRefusal(verdict)) {
        seen.plans += 1;
        assert.deepEqual(violations(verdict), []);
        return;
      }
      assert.ok(verdict.problems.length > 0);
      if (verdict.offer) {
        seen.offers += 1;
        assert.ok(verdict.offer.length > 0);
        planEnvironment(withChanges(asked, verdict.offer));
        return;
      }
      seen.none += 1;
      for (const least of smallest(asked)) assert.ok(violations(compute(least)).length > 0);
    }),
    { numRuns: 20_000 },
  );
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 20, `${count} ${what}`);
});

test("what fits by less than the rounding of the overhead is offered too", () => {
  const alone = appOf({ slots: 1, runtime: "gunicorn", memoryPerRequestBytes: 486 * MIB });
  const other = appOf({ slots: 1, memoryPerRequestBytes: 986 * MIB });
  const server = { memoryBytes: 1_563_426_816, cpus: 1, swapBytes: 2 * GIB, diskBytes: 40 * GIB };
  assert.match(
    refusalOf({ ...specOf(0, { alone, other }), server }).at(-2) ?? "",
    /this fits:\n {4}- services\.other: \{…\}\n {4}\+ services\.other: null$/,
  );
});

/** A log and append-only files grow with memory: not what is asked here. */
const withDisk = ({ server, ...asked }: AskedSpec): AskedSpec => ({
  ...asked,
  server: { ...server, diskBytes: 1024 * GIB },
});

test("more memory never lowers any service's limit or reservation, and what fitted still fits", () => {
  const shares = ({ memory }: Plan) =>
    memory.lines
      .filter(({ tier }) => tier === "service")
      .map(({ who, limitBytes, reservationBytes }) => ({ who, limitBytes, reservationBytes }));
  let compared = 0;
  fc.assert(
    fc.property(anySpec.map(withDisk), fc.oneof(mib(1, 8), mib(1, 20_000)), (asked, more) => {
      const before = judge(asked);
      if (isRefusal(before)) return;
      compared += 1;
      const memoryBytes = asked.server.memoryBytes + more;
      const after = shares(planEnvironment({ ...asked, server: { ...asked.server, memoryBytes } }));
      for (const [at, line] of shares(before).entries()) {
        assert.ok(line.limitBytes <= (after[at]?.limitBytes ?? 0), `${line.who}'s limit`);
        assert.ok(line.reservationBytes <= (after[at]?.reservationBytes ?? 0), line.who);
      }
    }),
    { numRuns: 1000 },
  );
  assert.ok(compared > 100, `only ${compared} were compared`);
});

test("each MiB more from 930 MiB to 4 GiB: no service of the default stack gets less", () => {
  let before = limitsOf(planEnvironment(stackOf(930, 1)));
  for (let memoryMib = 931; memoryMib <= 4096; memoryMib += 1) {
    const limits = limitsOf(planEnvironment(stackOf(memoryMib, 1)));
    for (const who of ["postgres", "redis", "chat-1"]) {
      assert.ok((limits[who] ?? 0) >= (before[who] ?? 0), `${who} at ${memoryMib} MiB`);
    }
    before = limits;
  }
});

test("the same input gives the same bytes", () => {
  const bytes = (asked: AskedSpec) =>
    JSON.stringify(judge(asked), (_, value) => (value instanceof Map ? [...value] : value));
  fc.assert(
    fc.property(anySpec, (asked) => assert.equal(bytes(asked), bytes(structuredClone(asked)))),
    { numRuns: 100 },
  );
});
