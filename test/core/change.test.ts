import assert from "node:assert/strict";
import { test } from "node:test";
import { changesBetween, diffOf, tellChange, withChanges } from "../../core/change.ts";
import { MIB } from "../../core/units.ts";

const BEFORE = {
  services: { chat: { slots: 3, limitBytes: 300 * MIB }, redis: { kind: "redis" } },
};
const AFTER = { services: { chat: { slots: 2, limitBytes: 300 * MIB, drainMs: 30_000 } } };

test("changes make the one into the other, and are told as the config writes them", () => {
  const changes = changesBetween(BEFORE, AFTER);
  assert.deepEqual(withChanges(BEFORE, changes), AFTER);
  assert.deepEqual(
    changes.map((change) => tellChange(BEFORE, change)),
    [
      "services.chat.slots: 3 -> 2",
      "services.chat.drain: left out -> 30s",
      "services.redis: {…} -> null",
    ],
  );
});

test("as a diff each change takes a line out and puts one in; what was left out is only put in", () => {
  assert.deepEqual(
    changesBetween(BEFORE, AFTER).flatMap((change) => diffOf(BEFORE, change)),
    [
      "- services.chat.slots: 3",
      "+ services.chat.slots: 2",
      "+ services.chat.drain: 30s",
      "- services.redis: {…}",
      "+ services.redis: null",
    ],
  );
});

test("what did not change is no change, and the given one stays as it is", () => {
  assert.deepEqual(changesBetween(BEFORE, structuredClone(BEFORE)), []);
  withChanges(BEFORE, [{ path: ["services", "chat", "limitBytes"], to: 1 }]);
  assert.equal(BEFORE.services.chat.limitBytes, 300 * MIB);
});
