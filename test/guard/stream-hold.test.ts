import assert from "node:assert/strict";
import { once } from "node:events";
import type http from "node:http";
import test from "node:test";
import {
  backendAt,
  guardFor,
  LIMIT,
  open,
  responseOf,
  serve,
  settingsOf,
  until,
} from "./support.ts";

const STREAMS = 10;

test("streams outlive a reload, the replacement of another slot, and a drain", LIMIT, async (t) => {
  const streams: http.ServerResponse[] = [];
  const backend = await serve(t, (_request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: 0\n\n");
    streams.push(response);
  });
  const other = await serve(t, (_request, response) => response.end());
  const here = backendAt(backend.port, { concurrency: STREAMS, streams: STREAMS });
  const there = backendAt(other.port, { name: "b", paths: ["/b"] });
  const guard = await guardFor(t, [here, there]);
  const texts = Array<string>(STREAMS).fill("");
  const responses = await Promise.all(texts.map(() => responseOf(open(guard.port))));
  for (const [index, response] of responses.entries()) {
    response.setEncoding("utf8").on("data", (text: string) => {
      texts[index] += text;
    });
  }
  const tell = async (event: number) => {
    for (const stream of streams) stream.write(`data: ${event}\n\n`);
    await until(`all have got ${event}`, () =>
      texts.every((text) => text.endsWith(`${event}\n\n`)),
    );
  };
  await tell(1);
  guard.guard.configure(settingsOf([{ ...here, concurrency: 1, streams: 0 }, there]));
  await tell(2);
  guard.guard.configure(settingsOf([here, { ...there, port: backend.port }]));
  await tell(3);
  const ends = responses.map((response) => once(response, "end"));
  const drained = guard.guard.drain(0, 2 * LIMIT.timeout);
  await tell(4);
  for (const stream of streams) stream.end();
  await Promise.all(ends);
  assert.equal(await drained, 0);
  const events = [0, 1, 2, 3, 4].map((event) => `data: ${event}\n\n`).join("");
  assert.deepEqual(texts, Array(STREAMS).fill(events));
});
