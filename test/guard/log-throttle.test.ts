import assert from "node:assert/strict";
import test from "node:test";
import { Log } from "../../guard/log.ts";
import { LogThrottle } from "../../guard/log-throttle.ts";

test("writes the first at once, and the rest of the second as a count", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const lines: Record<string, unknown>[] = [];
  const throttle = new LogThrottle(new Log("warn", (line) => lines.push(JSON.parse(line))));
  const written = () => lines.splice(0).map(({ reason, count }) => [reason, count]);

  for (let index = 0; index < 100; index += 1) throttle.warn("shed", { reason: "queue_full" });
  throttle.warn("shed", { reason: "backends_down" });
  assert.deepEqual(written(), [
    ["queue_full", 1],
    ["backends_down", 1],
  ]);
  t.mock.timers.tick(1_000);
  assert.deepEqual(written(), [["queue_full", 99]]);
  t.mock.timers.tick(1_000);
  assert.deepEqual(written(), []);
  throttle.warn("shed", { reason: "queue_full" });
  assert.deepEqual(written(), [["queue_full", 1]]);
});
