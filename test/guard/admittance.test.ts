import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import type { Settings } from "../../guard/settings.ts";
import type { AdmissionState, Decision } from "../../guard/state.ts";
import { backendAt, get, guardFor, Held, LIMIT, serve, type TestGuard, until } from "./support.ts";

/** More than any machine has: a second one of a kind is kept out. */
const HUGE_MB = 1_000_000;

async function busy(t: TestContext, more: Partial<Settings>): Promise<[TestGuard, Held]> {
  const held = new Held();
  const { port } = await serve(t, held.handler);
  return [await guardFor(t, [backendAt(port)], { estimatedMb: HUGE_MB, ...more }), held];
}

async function decisionsOf({ adminPort }: TestGuard): Promise<string[]> {
  const { body } = await get(adminPort, "/status.json");
  const { decisions } = JSON.parse(body) as AdmissionState;
  return decisions.map(textOf);
}

function textOf({ verdict, backend, binding, route }: Decision): string {
  return `${route} ${verdict} ${backend ?? "-"} ${binding}`;
}

test("what was decided is told with its reason", LIMIT, async (t) => {
  const [guard, held] = await busy(t, { acquireTimeoutMs: 50 });
  const first = get(guard.port, "/a");
  await held.arrived(1);
  assert.equal((await get(guard.port, "/a")).status, 503);
  held.answerAll();
  await first;
  assert.deepEqual(await decisionsOf(guard), [
    "GET /a admitted a none",
    "GET /a queued - host_memory",
    "GET /a acquire_timeout - host_memory",
  ]);
});

test("who is let in after a wait is told twice", LIMIT, async (t) => {
  const [guard, held] = await busy(t, {});
  const first = get(guard.port, "/a");
  await held.arrived(1);
  const second = get(guard.port, "/a");
  await until("it waits", async () => (await decisionsOf(guard)).length === 2);
  held.answer(0);
  await held.arrived(2);
  held.answer(1);
  await Promise.all([first, second]);
  assert.deepEqual(await decisionsOf(guard), [
    "GET /a admitted a none",
    "GET /a queued - host_memory",
    "GET /a admitted a none",
  ]);
});

test(
  "only observed, memory keeps nobody out, and who would have been is counted",
  LIMIT,
  async (t) => {
    const [guard, held] = await busy(t, { observe: true });
    const requests = ["/a", "/a", "/a"].map((path) => get(guard.port, path));
    await held.arrived(3);
    held.answerAll();
    assert.deepEqual(
      (await Promise.all(requests)).map(({ status }) => status),
      [200, 200, 200],
    );
    assert.equal(await guard.metric('memory_guard_overruled_total{binding="host_memory"}'), 2);
    assert.equal(await guard.metric("memory_guard_observe"), 1);
    const bindings = (await decisionsOf(guard)).map((text) => text.split(" ").at(-1));
    assert.deepEqual(bindings, ["none", "host_memory", "host_memory"]);
  },
);
