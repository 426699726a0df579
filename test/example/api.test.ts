import assert from "node:assert/strict";
import { test } from "node:test";

/** The page's own module: JavaScript for browsers, without types. */
const { readEvents } = await import(new URL("../../example/public/api.js", import.meta.url).href);

async function eventsOf(...pieces: string[]): Promise<string[]> {
  const bytes = pieces.map((piece) => Buffer.from(piece, "latin1"));
  const events: string[] = [];
  for await (const event of readEvents(ReadableStream.from(bytes))) events.push(event);
  return events;
}

test("events are found wherever the network cuts the stream", async () => {
  const stream = ': ping\n\ndata: {"a":1}\n\ndata: [DONE]\n\n';
  for (let cut = 0; cut <= stream.length; cut++) {
    const events = await eventsOf(stream.slice(0, cut), stream.slice(cut));
    assert.deepEqual(events, ['{"a":1}', "[DONE]"], `cut at ${cut}`);
  }
});

test("a character may arrive in two halves", async () => {
  assert.deepEqual(await eventsOf("data: \xc3", "\xa9\n\n"), ["é"]);
});

test("an event that was cut is no event", async () => {
  assert.deepEqual(await eventsOf("data: whole\n\ndata: ha"), ["whole"]);
});
