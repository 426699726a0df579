import assert from "node:assert/strict";
import { before, test } from "node:test";
import { execa } from "execa";
import { Counters } from "../../guard/counters.ts";
import { collectMetrics } from "../../guard/metrics.ts";
import { formatMetrics } from "../../guard/prometheus.ts";
import { promtool } from "../support/tools.ts";
import { busyState } from "./admission-state.ts";
import { backendAt, get, guardFor, LIMIT, serve } from "./support.ts";

let program: string;
before(async () => {
  program = await promtool();
});

async function complaints(metrics: string): Promise<string> {
  const { stdout, stderr } = await execa(program, ["check", "metrics"], {
    input: metrics,
    reject: false,
  });
  return stdout + stderr;
}

test("promtool finds nothing wrong with what a guard tells", LIMIT, async (t) => {
  const backend = await serve(t, (_request, response) => response.end());
  const guard = await guardFor(t, [backendAt(backend.port)]);
  await get(guard.port);
  const { body } = await get(guard.adminPort, "/metrics");
  assert.equal(await complaints(body), "");
});

test("nor when everything is known", async () => {
  const source = {
    state: busyState(),
    backends: [],
    counters: new Counters(),
    retries: 1,
    leases: 2,
  };
  const text = formatMetrics(collectMetrics(source));
  assert.equal(await complaints(text), "");
  assert.match(text, /^memory_guard_headroom_bytes\{node="chat-2"\} 28311552$/m);
  assert.match(text, /^memory_guard_state\{node="host",state="STABLE"\} 1$/m);
  assert.match(
    text,
    /^memory_guard_backend_binding\{backend="chat-2",state="backend_memory"\} 1$/m,
  );
  assert.match(text, /^memory_guard_time_to_full_seconds\{node="host"\} 41$/m);
});

test("promtool does complain about what is wrong", async () => {
  assert.match(await complaints("# TYPE a_total gauge\na_total 1\n"), /no help text/);
});
