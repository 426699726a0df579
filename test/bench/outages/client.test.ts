import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { type Answer, type Client, noticed, watch } from "../../../bench/outages/client.ts";

const answer = (atMs: number, rest: Partial<Answer> = {}): Answer => ({
  ...{ atMs, tookMs: 5, status: 200, isGood: true },
  ...rest,
});

test("what was noticed lasts from the first bad answer to the next good one after the last", () => {
  const answers = [
    answer(0),
    answer(100, { status: 503, isGood: false, tookMs: 40 }),
    answer(200),
    answer(300, { tookMs: 1500 }),
    answer(400),
  ];
  assert.deepEqual(noticed(answers.toReversed()), {
    span: { fromMs: 100, toMs: 400 },
    goodMs: [5, 205, 405, 1800],
    longestMs: 1500,
    statuses: { 200: 4, 503: 1 },
  });
});

test("where every answer is good and swift, nobody noticed anything", () => {
  assert.equal(noticed([answer(0), answer(100)]).span, undefined);
});

test("a port that is closed counts as an answer without a status", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  let client: Client | undefined;
  await new Promise<void>((resolve) => {
    client = watch(`http://127.0.0.1:${port}/`, (status) => {
      resolve();
      return status === 200;
    });
  });
  assert.deepEqual(Object.keys((await client?.end())?.statuses ?? {}), ["0"]);
});
