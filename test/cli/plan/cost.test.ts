import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerChange } from "../../../cli/plan/container-change.ts";
import { costOf, type SameDeploy } from "../../../cli/plan/cost.ts";
import { localWith } from "../../support/environments.ts";

const TWO_SLOTS = localWith({});
const ONE_SLOT = localWith({ services: { chat: { slots: 1 } } });
const STORE = localWith({ services: { redis: { role: "store" } } });

const change = (name: string, kind: ContainerChange["kind"] = "replaced"): ContainerChange => ({
  name: `plimsoll-local-${name}`,
  kind,
  differences: [],
  memoryMib: { before: 1, after: 1 },
  stopGraceMs: undefined,
});

const NONE: SameDeploy = { created: new Set(), replaced: new Set() };
const deploy = (kind: keyof SameDeploy, ...names: string[]): SameDeploy => ({
  ...NONE,
  [kind]: new Set(names.map((name) => `plimsoll-local-${name}`)),
});

test("what costs nobody anything has no cost", () => {
  assert.equal(costOf(TWO_SLOTS, change("chat-1", "created"), NONE), undefined);
  assert.equal(costOf(TWO_SLOTS, change("postgres", "updated"), NONE), undefined);
  assert.equal(costOf(TWO_SLOTS, change("somebody-elses"), NONE), undefined);
});

test("a replacement that somebody notices is an outage, and says how long and what they see", () => {
  const outages = [
    [
      ...[TWO_SLOTS, "postgres"],
      "is away for about 3 s, and up to 60 s more while it writes its last checkpoint: every connection is closed at once, and requests that need the database fail",
    ],
    [
      ...[TWO_SLOTS, "redis"],
      "is away for about 2 s, and up to 10 s more while it ends: requests go to the database, and find the cache empty afterwards",
    ],
    [
      ...[STORE, "redis"],
      "is away for about 2 s, and up to 10 s more while it writes to disk: requests that need what it holds fail",
    ],
    [
      ...[TWO_SLOTS, "guard"],
      "is away for about 2 s, and up to 350 s more while open requests end: nginx answers 503 with Retry-After",
    ],
    [
      ...[TWO_SLOTS, "nginx"],
      "is away for about 1 s, and up to 350 s more while open requests end: connections are refused",
    ],
    [
      ...[ONE_SLOT, "chat-1"],
      "is away for about 3 s, and up to 350 s more while open requests end: requests wait, those that wait 10 s get 503",
    ],
  ] as const;
  for (const [environment, name, expected] of outages) {
    const cost = costOf(environment, change(name), NONE);
    assert.equal(cost?.words, expected);
    assert.equal(cost?.isOutage, true, name);
  }
});

test("the grace that a config gives is the one that is told", () => {
  const swift = localWith({ timeouts: { deadline: "90s", drain: "100s", stopGrace: "110s" } });
  assert.deepEqual(costOf(swift, change("nginx"), NONE)?.away, { awayMs: 600, graceMs: 110_000 });
});

test("a grace that this deploy changes is still that of the container that goes", () => {
  const going = { ...change("nginx"), stopGraceMs: 30_000 };
  assert.equal(costOf(TWO_SLOTS, going, NONE)?.away?.graceMs, 30_000);
});

test("guard and nginx replaced together are one outage: nginx starts when the guard is healthy", () => {
  const both = deploy("replaced", "guard", "nginx");
  assert.deepEqual(costOf(TWO_SLOTS, change("guard"), both), {
    words: "is replaced while nginx is away",
    isOutage: false,
  });
  assert.deepEqual(costOf(TWO_SLOTS, change("nginx"), both), {
    words:
      "is away for about 12 s, and up to 350 s more while open requests end: connections are refused",
    isOutage: true,
    away: { awayMs: 11_800, graceMs: 350_000 },
  });
});

test("a slot that is replaced while others serve is none", () => {
  const cost = costOf(TWO_SLOTS, change("chat-2"), NONE);
  assert.match(cost?.words ?? "", /^is away for about 3 s, .*: the other slots serve$/);
  assert.equal(cost?.isOutage, false);
});

test("a slot that the same deploy makes serves meanwhile only if it is made before", () => {
  const early = costOf(TWO_SLOTS, change("chat-1"), deploy("created", "chat-2"));
  assert.match(early?.words ?? "", /requests wait, those that wait 10 s get 503$/);
  assert.equal(early?.isOutage, true);
  assert.equal(costOf(TWO_SLOTS, change("chat-2"), deploy("created", "chat-1"))?.isOutage, false);
});

test("a slot taken out is drained while the others serve; a service taken out is gone", () => {
  assert.deepEqual(costOf(ONE_SLOT, change("chat-2", "removed"), NONE), {
    words: "is drained and taken away: the other slots serve",
    isOutage: false,
  });
  for (const name of ["redis-2", "reports-1"]) {
    assert.deepEqual(costOf(TWO_SLOTS, change(name, "removed"), NONE), {
      words: "is drained and taken away",
      isOutage: true,
    });
  }
});
