import assert from "node:assert/strict";
import test from "node:test";
import { Log } from "../../guard/log.ts";
import type { AdmissionState } from "../../guard/state.ts";
import { StateLog } from "../../guard/state-log.ts";
import { busyState, nodeState } from "./admission-state.ts";

test("a line for each change of band or permits, and none while nothing changes", () => {
  const lines: Record<string, unknown>[] = [];
  const calm = busyState();
  let state: AdmissionState = calm;
  const log = new StateLog(() => state, new Log("info", (line) => lines.push(JSON.parse(line))));
  const written = () => lines.splice(0).map(({ time: _time, ...fields }) => fields);

  log.look();
  log.look();
  assert.deepEqual(written(), []);

  const [first, ...others] = calm.backends;
  assert.ok(first);
  const host = nodeState({ band: "WARNING", percent: 75.21 });
  state = { ...calm, host, backends: [{ ...first, limit: 10, active: 6 }, ...others] };
  log.look();
  const shared = { level: "info", message: "concurrency adjusted" };
  assert.deepEqual(written(), [
    {
      ...shared,
      node: "host",
      action: "WARNING",
      memory_percent: 75.2,
      old_concurrency: 28,
      new_concurrency: 24,
      active_tasks: 16,
    },
    {
      ...shared,
      node: "chat-1",
      action: "NORMAL",
      memory_percent: 47,
      old_concurrency: 14,
      new_concurrency: 10,
      active_tasks: 6,
    },
  ]);
  log.look();
  assert.deepEqual(written(), []);
});
