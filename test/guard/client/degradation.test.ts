import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import test, { type TestContext } from "node:test";
import { type DegradationOptions, degradation } from "../../../guard/client/degradation.ts";
import { get, LIMIT, sendRaw } from "../support.ts";

async function start(t: TestContext, options: Omit<DegradationOptions, "server">) {
  const changes: string[] = [];
  const server = createServer((request, response) => {
    guarded(request, response, () => response.end("served"));
  });
  const onChange: DegradationOptions["onChange"] = ({ level, connections }) =>
    changes.push(`${level} ${connections}`);
  const guarded = degradation({ memoryShare: () => 0, ...options, onChange, server });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const sockets: Socket[] = [];
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as { port: number };
  const hold = async (count: number) => {
    for (let index = 0; index < count; index += 1) {
      const socket = connect(port, "127.0.0.1");
      sockets.push(socket);
      await Promise.all([once(socket, "connect"), once(server, "connection")]);
    }
  };
  return { port, hold, changes, server };
}

test(
  "at 60 connections it warns, at 75 it refuses, and health is always served",
  LIMIT,
  async (t) => {
    const { port, hold, changes, server } = await start(t, {});
    assert.equal(server.maxConnections, 80);
    await hold(58);
    assert.equal((await get(port)).body, "served");
    await hold(1);
    assert.equal((await get(port)).body, "served");
    await hold(15);
    const refused = await get(port, "/export");
    const { error, reason, retry_after } = JSON.parse(refused.body);
    assert.deepEqual([refused.status, error, reason], [503, "service_unavailable", "too_busy"]);
    assert.equal(refused.headers["retry-after"], String(retry_after));
    assert.ok(retry_after >= 15 && retry_after <= 45);
    assert.equal(refused.headers.connection, "close");
    for (const path of ["/health", "/health/detailed?x"])
      assert.equal((await get(port, path)).status, 200);
    assert.equal((await get(port, "/healthy")).status, 503);
    assert.deepEqual(changes, ["warning 60", "critical 75"]);
  },
);

test("of 16 connections it refuses the last one", LIMIT, async (t) => {
  const { port, hold, changes } = await start(t, { maxConnections: 16 });
  await hold(13);
  assert.equal((await get(port)).status, 200);
  await hold(1);
  assert.equal((await get(port)).status, 503);
  assert.deepEqual(changes, ["warning 14", "critical 15"]);
});

test("connections beyond the limit are not accepted", LIMIT, async (t) => {
  const { port, hold } = await start(t, { maxConnections: 2 });
  await hold(2);
  assert.equal(await sendRaw(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "");
});

test("above 80 % of the memory it refuses, and serves again below", LIMIT, async (t) => {
  let share: number | undefined = 0.8;
  const { port, changes } = await start(t, { memoryShare: () => share });
  const statuses = [(await get(port)).status];
  for (share of [0.81, undefined]) statuses.push((await get(port)).status);
  assert.deepEqual(statuses, [200, 503, 200]);
  assert.deepEqual(
    changes.map((change) => change.split(" ")[0]),
    ["warning", "critical", "normal"],
  );
});
