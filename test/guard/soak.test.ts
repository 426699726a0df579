import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import test from "node:test";
import { soakBackend } from "../../bench/soak/backend.ts";
import { soak } from "../../bench/soak/load.ts";
import { backendAt, guardFor, LIMIT, until } from "./support.ts";

test("after a thousand requests of every kind nothing is left at work", LIMIT, async (t) => {
  const backend = soakBackend().listen(0, "127.0.0.1");
  await once(backend, "listening");
  t.after(() => {
    backend.close();
    backend.closeAllConnections();
  });
  const { port } = backend.address() as AddressInfo;
  const guard = await guardFor(t, [backendAt(port, { concurrency: 8, streams: 4 })], {
    queueRequests: 10,
    acquireTimeoutMs: 200,
    breakerResetMs: 100,
  });
  const totals = await soak({ port: guard.port, requests: 1_000, clients: 32, seed: 3 });
  assert.equal(
    Object.values(totals).reduce((sum, count) => sum + count, 0),
    1_000,
  );
  for (const end of ["200", "502", "no answer", "raw"]) assert.ok(totals[end], `none ended ${end}`);
  await until("all is given back", () => guard.active === 0 && guard.streams === 0);
  assert.equal(await guard.metric('memory_guard_queue_depth{paths="/"}'), 0);
});
