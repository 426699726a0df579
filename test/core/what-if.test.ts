import assert from "node:assert/strict";
import { test } from "node:test";
import { isRefusal } from "../../core/refusal.ts";
import type { AskedSpec } from "../../core/spec.ts";
import { whatIfs } from "../../core/what-if.ts";
import { stackOf } from "../support/specs.ts";

/** Of each question: requests at once, or undefined where it does not fit. */
function answers(asked: AskedSpec): [string, number | undefined][] {
  return whatIfs(asked).map(({ question, verdict }) => [
    question,
    isRefusal(verdict) ? undefined : verdict.capacity?.requests.value.value,
  ]);
}

test("the default stack: a slot more costs the others, half the memory a request is twice the requests", () => {
  assert.deepEqual(answers(stackOf(1950, 2)), [
    ["one more slot of chat", 27],
    ["half the memory for each request of chat", 56],
    ["512 MiB more memory", 28],
  ]);
});

test("on a full server one more slot is refused, with the server that it takes", () => {
  const [slot] = whatIfs(stackOf(970, 1));
  assert.ok(slot && isRefusal(slot.verdict));
  assert.deepEqual(
    slot.verdict.larger?.map(({ path }) => path.join(".")),
    ["server.memoryBytes"],
  );
});
