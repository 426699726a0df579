import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import test, { type TestContext } from "node:test";
import { Turns } from "../../guard/turns.ts";
import { backendAt, get, guardFor, Held, LIMIT, readAll, serve, until } from "./support.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const UPGRADE = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

async function send(t: TestContext, raw: string) {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port)]);
  const socket = net.connect(guard.port, "127.0.0.1");
  t.after(() => socket.destroy());
  socket.write(raw);
  return { held, guard, socket };
}

test("requests sent ahead hold no permits and reach no backend", LIMIT, async (t) => {
  const { held, guard, socket } = await send(t, GET.repeat(3));
  await held.arrived(1);
  await get(guard.adminPort, "/healthz");
  assert.deepEqual([guard.active, held.count], [1, 1]);
  const answers = readAll(socket);
  for (const index of [0, 1, 2]) {
    await held.arrived(index + 1);
    assert.equal(guard.active, 1);
    held.answer(index, `<${index}>`);
  }
  await until("all permits are back", () => guard.active === 0);
  socket.end();
  assert.deepEqual((await answers).match(/<\d>/g), ["<0>", "<1>", "<2>"]);
});

test("a client that leaves takes along what it sent ahead", LIMIT, async (t) => {
  const { held, guard, socket } = await send(t, GET.repeat(3));
  await held.arrived(1);
  socket.destroy();
  await until("the permit is back", () => guard.active === 0);
  assert.equal(await guard.metric('memory_guard_requests_total{outcome="client_gone"}'), 1);
  assert.equal(held.count, 1);
});

test("too many sent ahead end the connection", LIMIT, async (t) => {
  const { guard, socket } = await send(t, GET.repeat(18));
  await once(socket, "close");
  await until("the permit is back", () => guard.active === 0);
});

test("an upgrade sent ahead ends the connection, and the guard lives", LIMIT, async (t) => {
  const { held, guard, socket } = await send(t, GET + UPGRADE);
  await once(socket, "close");
  await until("the permit is back", () => guard.active === 0 && guard.streams === 0);
  assert.equal((await get(guard.adminPort, "/healthz")).status, 200);
  assert.ok(held.responses.every(({ req }) => req.url === "/"));
});

test("nothing starts on a connection that is being closed", () => {
  const socket = new net.Socket();
  const response = () => new http.ServerResponse(new http.IncomingMessage(socket));
  const turns = new Turns();
  const started: string[] = [];
  const first = response();
  turns.take(first, () => started.push("first"));
  turns.take(response(), () => started.push("second"));
  socket.destroy();
  first.emit("close");
  turns.take(response(), () => started.push("third"));
  assert.deepEqual(started, ["first"]);
});
