import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerChange } from "../../../cli/plan/container-change.ts";
import { costOf } from "../../../cli/plan/cost.ts";
import { localWith } from "../../support/environments.ts";

const TWO_SLOTS = localWith({});
const ONE_SLOT = localWith({ services: { chat: { slots: 1 } } });
const STORE = localWith({ services: { redis: { role: "store" } } });

const change = (name: string, kind: ContainerChange["kind"] = "replaced"): ContainerChange => ({
  name: `plimsoll-local-${name}`,
  kind,
  differences: [],
  memoryMib: { before: 1, after: 1 },
});

const NONE = new Set<string>();

test("what costs nobody anything has no cost", () => {
  assert.equal(costOf(TWO_SLOTS, change("chat-1", "created"), NONE), undefined);
  assert.equal(costOf(TWO_SLOTS, change("postgres", "updated"), NONE), undefined);
});

test("a replacement that somebody notices is an outage, and says what they see", () => {
  const outages = [
    [TWO_SLOTS, "postgres", /closed within 60 s.* fail meanwhile$/],
    [TWO_SLOTS, "redis", /empty cache/],
    [STORE, "redis", /starts again with what it holds: requests that need it fail meanwhile$/],
    [TWO_SLOTS, "guard", /503 with Retry-After meanwhile$/],
    [TWO_SLOTS, "nginx", /connections are refused meanwhile$/],
    [ONE_SLOT, "chat-1", /requests wait, then get 503$/],
  ] as const;
  for (const [environment, name, expected] of outages) {
    const cost = costOf(environment, change(name), NONE);
    assert.match(cost?.words ?? "", expected);
    assert.equal(cost?.isOutage, true, name);
  }
});

test("a slot that is replaced while others serve is none", () => {
  const cost = costOf(TWO_SLOTS, change("chat-2"), NONE);
  assert.match(cost?.words ?? "", /the other slots serve meanwhile$/);
  assert.equal(cost?.isOutage, false);
});

test("a slot that the same deploy makes serves meanwhile only if it is made before", () => {
  const created = (name: string) => new Set([`plimsoll-local-${name}`]);
  const early = costOf(TWO_SLOTS, change("chat-1"), created("chat-2"));
  assert.match(early?.words ?? "", /requests wait, then get 503$/);
  assert.equal(early?.isOutage, true);
  assert.equal(costOf(TWO_SLOTS, change("chat-2"), created("chat-1"))?.isOutage, false);
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
