import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import test, { type TestContext } from "node:test";
import type { BackendSettings } from "../../guard/backend-settings.ts";
import { configureExchanges, exchangeContext } from "../../guard/exchange-context.ts";
import { type GuardConfig, NO_CONFIG } from "../../guard/guard-config.ts";
import { Log } from "../../guard/log.ts";
import { ProxyServer } from "../../guard/proxy-server.ts";
import type { RouteSettings } from "../../guard/route-settings.ts";
import type { Settings } from "../../guard/settings.ts";
import {
  backendAt,
  get,
  Held,
  LIMIT,
  open,
  replyOf,
  responseOf,
  serve,
  settingsOf,
} from "./support.ts";

const ROUTE: RouteSettings = {
  name: "export",
  path: "/export",
  method: undefined,
  criticality: "normal",
  costBytes: undefined,
  size: { from: "query", name: "kib", bytesPerUnit: 1024 },
  singleFlight: undefined,
  maxResultBytes: undefined,
};
const SIZED: GuardConfig = { ...NO_CONFIG, routes: [ROUTE] };
/** A petabyte: no server has it. */
const HUGE = "/export?kib=1000000000000";

/** A context, and the port on which exchanges share it. */
async function contextFor(
  t: TestContext,
  backends: readonly BackendSettings[],
  more: Partial<Settings> = {},
) {
  const lines: string[] = [];
  const log = new Log("debug", (line) => lines.push(line));
  const context = exchangeContext(settingsOf(backends, more), log);
  const proxy = new ProxyServer(context, 100);
  await once(proxy.server.listen(0, "127.0.0.1"), "listening");
  t.after(async () => {
    await proxy.drain(0, 0);
    context.fleet.close();
    context.admission.close();
  });
  const logged = (message: string) =>
    lines.map((line) => JSON.parse(line)).filter((each) => each.message === message);
  return { context, logged, port: (proxy.server.address() as AddressInfo).port };
}

/** A backend that breaks the first of every two requests off after it has had it. */
async function brokenEverySecondTime(t: TestContext) {
  const seen = { count: 0 };
  const { port } = await serve(t, (request, response) => {
    seen.count += 1;
    if (seen.count % 2 === 1) request.socket.destroy();
    // On a kept connection the next one could be sent again without a budget.
    else response.writeHead(200, { Connection: "close" }).end("second");
  });
  return { port, seen };
}

test(
  "what one request holds counts for the next, and a shed one tells the guard's state",
  LIMIT,
  async (t) => {
    const held = new Held();
    const { port: backend } = await serve(t, held.handler);
    const one = backendAt(backend, { concurrency: 1 });
    const { context, logged, port } = await contextFor(t, [one], { queueRequests: 0 });
    const first = responseOf(open(port));
    await held.arrived(1);
    assert.equal((await get(port)).status, 503);
    held.answer(0);
    await replyOf(await first);
    assert.deepEqual(context.counters.sheds.queue_full, 1);
    const [{ reason, count, memory_stats: stats }] = logged("shed");
    assert.deepEqual([reason, count], ["queue_full", 1]);
    const { total_requests, rejected_requests, active_tasks, base_concurrency } = stats;
    assert.deepEqual(
      [total_requests, rejected_requests, active_tasks, base_concurrency],
      [0, 0, 1, 1],
    );
  },
);

test("requests are admitted by memory, also at a backend that a reload adds", LIMIT, async (t) => {
  const { port: old } = await serve(t, (_request, response) => response.end("old"));
  const { port: added } = await serve(t, (_request, response) => response.end("added"));
  const before = [backendAt(old)];
  const { context, port } = await contextFor(t, before, { config: SIZED });
  assert.equal((await get(port, HUGE)).status, 413);
  const after = [backendAt(added, { name: "b" })];
  configureExchanges(context, settingsOf(after, { config: SIZED }));
  assert.equal((await get(port)).body, "added");
  assert.equal((await get(port, HUGE)).status, 413);
});

test("routes that a reload names are in force for the next request", LIMIT, async (t) => {
  const { port: backend } = await serve(t, (_request, response) => response.end("served"));
  const { context, port } = await contextFor(t, [backendAt(backend)]);
  assert.equal((await get(port, HUGE)).body, "served");
  configureExchanges(context, settingsOf([backendAt(backend)], { config: SIZED }));
  assert.equal((await get(port, HUGE)).status, 413);
});

test(
  "a request at work keeps the limits that it began with, and the next has the new ones",
  LIMIT,
  async (t) => {
    const held = new Held();
    const { port: backend } = await serve(t, held.handler);
    const { context, port } = await contextFor(t, [backendAt(backend)], { maxResultBytes: 8 });
    const first = responseOf(open(port));
    await held.arrived(1);
    configureExchanges(context, settingsOf([backendAt(backend)], { maxResultBytes: 4 }));
    held.answer(0, "8 bytes.");
    assert.equal((await replyOf(await first)).body, "8 bytes.");
    const second = get(port);
    await held.arrived(2);
    held.answer(1, "8 bytes.");
    assert.deepEqual(JSON.parse((await second).body).reason, "result_too_large");
  },
);

test("a reload allows and forbids that a request is sent again", LIMIT, async (t) => {
  const { port: backend, seen } = await brokenEverySecondTime(t);
  const settings = (maxRetries: number) => settingsOf([backendAt(backend)], { maxRetries });
  const { context, port } = await contextFor(t, [backendAt(backend)], { maxRetries: 0 });
  assert.deepEqual([(await get(port)).status, seen.count], [502, 1]);
  seen.count = 0;
  configureExchanges(context, settings(1));
  assert.deepEqual([(await get(port)).body, seen.count], ["second", 2]);
  seen.count = 0;
  configureExchanges(context, settings(0));
  assert.deepEqual([(await get(port)).status, seen.count], [502, 1]);
});

test("while memory is short nothing is sent again", LIMIT, async (t) => {
  const { port: backend, seen } = await brokenEverySecondTime(t);
  // Whatever runs this test has more than 1 % of its memory in use.
  const short = { maxRetries: 1, warningPercent: 1 };
  const { port } = await contextFor(t, [backendAt(backend)], short);
  assert.deepEqual([(await get(port)).status, seen.count], [502, 1]);
});

test("a fifth of what all backends have under way may be sent again", LIMIT, async (t) => {
  const held = new Held();
  const { port: backend } = await serve(t, held.handler);
  const backends = ["/a", "/b"].map((path) =>
    backendAt(backend, { name: path.slice(1), paths: [path], concurrency: 10 }),
  );
  const { context, port } = await contextFor(t, backends);
  const taken = () => [1, 2, 3, 4, 5].map(() => context.retries.tryTake());
  const giveBack = (count: number) => {
    for (let given = 0; given < count; given += 1) context.retries.giveBack();
  };
  assert.deepEqual(taken(), [true, true, true, false, false]);
  giveBack(3);
  for (let index = 0; index < 10; index += 1) for (const path of ["/a", "/b"]) open(port, path);
  await held.arrived(20);
  assert.deepEqual(taken(), [true, true, true, true, false]);
  held.answerAll();
});
