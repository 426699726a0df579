import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { DONE_FRAME, EventStream, frame } from "../../example/event-stream.ts";
import { whenLeft } from "../../example/exchange.ts";

const HOUR_MS = 3_600_000;
/** Megabytes that no socket buffer swallows. */
const ENOUGH = 64;

/** A client's response and the server's end of it. */
async function open(context: { after(end: () => void): void }) {
  const server = createServer().listen(0, "127.0.0.1");
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  const client = request({ port: (server.address() as AddressInfo).port }).end();
  client.on("error", () => undefined);
  const [, response]: [IncomingMessage, ServerResponse] = (await once(server, "request")) as never;
  return { client, response, left: whenLeft(response) };
}

async function head(client: ReturnType<typeof request>): Promise<IncomingMessage> {
  const [incoming] = await once(client, "response");
  return incoming.setEncoding("utf8");
}

test("an event is one line of JSON, whatever it contains", () => {
  assert.equal(frame({ text: "a\n\nb\r" }), 'data: {"text":"a\\n\\nb\\r"}\n\n');
});

test("the head leaves before the first event and forbids buffering", {
  timeout: 5000,
}, async (context) => {
  const { client, response, left } = await open(context);
  const stream = new EventStream(response, left, HOUR_MS);
  const { headers } = await head(client);
  assert.equal(headers["content-type"], "text/event-stream; charset=utf-8");
  assert.equal(headers["cache-control"], "no-cache, no-transform");
  assert.equal(headers["x-accel-buffering"], "no");
  stream.close();
});

test("each event arrives by itself, then the end", { timeout: 5000 }, async (context) => {
  const { client, response, left } = await open(context);
  const stream = new EventStream(response, left, HOUR_MS);
  const incoming = await head(client);
  for (const text of [frame(1), frame(2), DONE_FRAME]) {
    await stream.send(text);
    assert.deepEqual(await once(incoming, "data"), [text]);
  }
  stream.close();
  await once(incoming, "end");
});

test("heartbeats fill the silence", { timeout: 5000 }, async (context) => {
  const { client, response, left } = await open(context);
  const stream = new EventStream(response, left, 10);
  let text = "";
  for await (const piece of await head(client)) {
    text += piece;
    if (text.length >= 16) break;
  }
  assert.equal(text.slice(0, 16), ": ping\n\n: ping\n\n");
  stream.close();
});

test("a reader that stops reading stops the writer, until it leaves", {
  timeout: 10_000,
}, async (context) => {
  const { client, response, left } = await open(context);
  const stream = new EventStream(response, left, HOUR_MS);
  (await head(client)).pause();
  const megabyte = frame("x".repeat(1024 * 1024));
  let sent = 0;
  const writer = (async () => {
    for (; sent < ENOUGH && !left.aborted; sent++) await stream.send(megabyte);
  })();
  while (!response.writableNeedDrain) await new Promise(setImmediate);
  client.destroy();
  await writer;
  assert.ok(sent < ENOUGH, `${sent} MB accepted`);
  stream.close();
});
