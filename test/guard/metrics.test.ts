import assert from "node:assert/strict";
import test from "node:test";
import { backendAt, get, guardFor, Held, LIMIT, open, serve, until } from "./support.ts";

const LINE =
  /^(?:# (?:HELP|TYPE) \w+ .+|[a-zA-Z_:][\w:]*(?:\{\w+="(?:[^"\\\n]|\\.)*"(?:,\w+="(?:[^"\\\n]|\\.)*")*\})? -?[\d.e+]+)$/;

test("every line is Prometheus text, and every sample has its type before it", LIMIT, async (t) => {
  const guard = await guardFor(t, [backendAt(1), backendAt(1, { name: "b", paths: ["/api"] })]);
  const { headers, body } = await get(guard.adminPort, "/metrics");
  assert.equal(headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
  assert.ok(body.endsWith("\n"));
  const typed = new Set<string | undefined>();
  for (const line of body.trimEnd().split("\n")) {
    assert.match(line, LINE);
    if (line.startsWith("# TYPE ")) typed.add(line.split(" ")[2]);
    else if (!line.startsWith("#")) assert.ok(typed.has(/^\w+/.exec(line)?.[0]), line);
  }
});

test("tells what is at work, waiting and allowed", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [
    backendAt(backend.port, { concurrency: 2, streams: 7 }),
    backendAt(1, { name: "b", paths: ["/api"], concurrency: 3 }),
  ]);
  for (const path of ["/1", "/2", "/3"]) open(guard.port, path);
  await held.arrived(2);
  await until(
    "one waits",
    async () => (await guard.metric('memory_guard_queue_depth{paths="/"}')) === 1,
  );
  const expected: Record<string, number> = {
    memory_guard_active_tasks: 2,
    memory_guard_current_concurrency: 5,
    'memory_guard_queue_depth{paths="/api"}': 0,
    'memory_guard_backend_active{backend="a"}': 2,
    'memory_guard_backend_active{backend="b"}': 0,
    'memory_guard_backend_concurrency{backend="a"}': 2,
    'memory_guard_backend_streams{backend="a"}': 0,
    'memory_guard_backend_streams_limit{backend="a"}': 7,
    'memory_guard_backend_up{backend="b"}': 1,
    'memory_guard_rejected_requests_total{reason="acquire_timeout"}': 0,
    'memory_guard_requests_total{outcome="forwarded"}': 0,
  };
  for (const [sample, value] of Object.entries(expected)) {
    assert.equal(await guard.metric(sample), value, sample);
  }
  const percent = await guard.metric("memory_guard_memory_percent");
  assert.ok(percent > 0 && percent < 100);
  assert.ok((await guard.metric("process_resident_memory_bytes")) > 1_000_000);
});
