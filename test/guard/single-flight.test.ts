import assert from "node:assert/strict";
import { once } from "node:events";
import type http from "node:http";
import type { AddressInfo } from "node:net";
import test, { type TestContext } from "node:test";
import { exchangeContext } from "../../guard/exchange-context.ts";
import { Log } from "../../guard/log.ts";
import { ProxyServer } from "../../guard/proxy-server.ts";
import { MAX_SHARED_BYTES } from "../../guard/single-flight.ts";
import { backendAt, get, Held, LIMIT, open, serve, settingsOf, until } from "./support.ts";

/** A proxy whose routes all ask for single flight. */
async function sharing(t: TestContext, held: Held) {
  const { port } = await serve(t, held.handler);
  const context = exchangeContext(settingsOf([backendAt(port)]), new Log("error", () => {}));
  context.admission.sharingOf = () => "anonymous";
  const proxy = new ProxyServer(context, 100);
  proxy.server.listen(0, "127.0.0.1");
  await once(proxy.server, "listening");
  t.after(async () => {
    await proxy.drain(0, 0);
    context.fleet.close();
  });
  return { context, port: (proxy.server.address() as AddressInfo).port };
}

/** Sends requests of which the first has reached the backend before the others come. */
async function crowd(t: TestContext, count: number) {
  const held = new Held();
  const { context, port } = await sharing(t, held);
  const leader = open(port, "/list");
  const first = new Promise<http.IncomingMessage>((resolve) => leader.once("response", resolve));
  await held.arrived(1);
  let arrived = 0;
  const { flights } = context;
  const join = flights.join.bind(flights);
  flights.join = (key) => {
    arrived += 1;
    return join(key);
  };
  const followers = Array.from({ length: count }, () => get(port, "/list"));
  await until("all follow", () => arrived === count);
  return { held, context, port, leader, first, followers };
}

test(
  "identical GETs under way reach the backend once, and all get its answer",
  LIMIT,
  async (t) => {
    const { held, context, port, first, followers } = await crowd(t, 5);
    assert.equal(context.fleet.load, 1);
    held.responses[0]?.writeHead(200, { "X-Kind": "list" }).end("answer");
    (await first).resume();
    for (const { status, headers, body } of await Promise.all(followers)) {
      assert.deepEqual([status, headers["x-kind"], body], [200, "list", "answer"]);
    }
    assert.equal(held.count, 1);
    const late = get(port, "/list");
    await held.arrived(2);
    held.answer(1, "anew");
    assert.equal((await late).body, "anew");
  },
);

const UNSHARED: [name: string, answer: (response: http.ServerResponse) => void][] = [
  ["an error", (response) => response.writeHead(500).end()],
  ["a cookie", (response) => response.writeHead(200, { "Set-Cookie": "a=1" }).end("mine")],
  ["a large answer", (response) => response.end("x".repeat(MAX_SHARED_BYTES + 1))],
  [
    "a stream",
    (response) => response.writeHead(200, { "Content-Type": "text/event-stream" }).end(),
  ],
  [
    "an answer that breaks off",
    (response) =>
      response.writeHead(200, { "Content-Length": 9 }).write("x", () => response.destroy()),
  ],
];
for (const [name, answer] of UNSHARED) {
  test(`after ${name} the followers go themselves`, LIMIT, async (t) => {
    const { held, first, followers } = await crowd(t, 2);
    const [response] = held.responses;
    if (response !== undefined) answer(response);
    (await first).on("error", () => {}).resume();
    await held.arrived(3);
    held.answer(1, "own");
    held.answer(2, "own");
    const bodies = (await Promise.all(followers)).map(({ body }) => body);
    assert.deepEqual(bodies, ["own", "own"]);
  });
}

test("when the leader leaves, its followers go themselves", LIMIT, async (t) => {
  const { held, leader, followers, context } = await crowd(t, 2);
  leader.destroy();
  await held.arrived(3);
  held.answer(1, "own");
  held.answer(2, "own");
  assert.deepEqual(
    (await Promise.all(followers)).map(({ body }) => body),
    ["own", "own"],
  );
  await until("all permits are back", () => context.fleet.load === 0);
});

test("a follower that leaves takes nothing along", LIMIT, async (t) => {
  const { held, context, port, first, followers } = await crowd(t, 1);
  const leaver = open(port, "/list");
  leaver.destroy();
  held.answer(0, "answer");
  (await first).resume();
  assert.equal((await followers[0])?.body, "answer");
  await until("all permits are back", () => context.fleet.load === 0);
});
