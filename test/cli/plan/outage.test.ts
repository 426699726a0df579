import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerChange } from "../../../cli/plan/container-change.ts";
import { outageOf } from "../../../cli/plan/outage.ts";
import { localWith } from "../../support/environments.ts";

const TWO_SLOTS = localWith({});
const ONE_SLOT = localWith({ services: { chat: { slots: 1 } } });

const change = (name: string, kind: ContainerChange["kind"] = "replaced"): ContainerChange => ({
  name: `plimsoll-local-${name}`,
  kind,
  differences: [],
  memoryMib: { before: 1, after: 1 },
});

test("what costs nobody anything has no outage", () => {
  assert.equal(outageOf(TWO_SLOTS, change("chat-1", "created")), undefined);
  assert.equal(outageOf(TWO_SLOTS, change("postgres", "updated")), undefined);
});

test("each kind of container says what its replacement costs", () => {
  assert.match(
    outageOf(TWO_SLOTS, change("postgres")) ?? "",
    /closed within 60 s.* fail meanwhile$/,
  );
  assert.match(outageOf(TWO_SLOTS, change("redis")) ?? "", /empty cache/);
  assert.match(outageOf(TWO_SLOTS, change("guard")) ?? "", /503 with Retry-After meanwhile$/);
  assert.match(outageOf(TWO_SLOTS, change("nginx")) ?? "", /connections are refused meanwhile$/);
  assert.match(outageOf(TWO_SLOTS, change("chat-2")) ?? "", /the other slots serve meanwhile$/);
  assert.match(outageOf(ONE_SLOT, change("chat-1")) ?? "", /requests wait, then get 503$/);
  assert.equal(outageOf(ONE_SLOT, change("chat-2", "removed")), "is drained and taken away");
});
