import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { namesOf } from "../support/docker.ts";
import { freePort } from "../support/free-ports.ts";
import { type Sandbox, sandbox, TINY } from "../support/sandbox.ts";

let box: Sandbox;
let port: number;

const withSlots = (slots: number) => ({
  local: { address: "127.0.0.1", port, services: { ...TINY, chat: { ...TINY["chat"], slots } } },
});
const containers = async () =>
  (await namesOf("container", box.project)).map((name) =>
    name.slice(`${box.project}-local-`.length),
  );

before(async () => {
  port = await freePort();
  box = await sandbox(withSlots(3));
});

after(() => box.dispose());

test("slots taken out of the config are drained and removed by the next up", async () => {
  const three = await box.run(["up"]);
  assert.equal(three.exitCode, 0, three.stderr);
  assert.deepEqual(await containers(), ["chat-1", "chat-2", "chat-3", "guard", "nginx"]);
  await box.configure(withSlots(2));
  const two = await box.run(["up", "--yes"]);
  assert.equal(two.exitCode, 0, two.stderr);
  assert.match(two.stderr, /local-chat-3: no longer in the config; draining and removing it/);
  assert.deepEqual(await containers(), ["chat-1", "chat-2", "guard", "nginx"]);
  const answers = await Promise.all(
    [1, 2, 3, 4].map(async () => (await fetch(`http://127.0.0.1:${port}/`)).text()),
  );
  assert.deepEqual([...new Set(answers)].sort(), ["chat-1 /\n", "chat-2 /\n"]);
});

test("down also takes what the config no longer has", async () => {
  await box.configure(withSlots(1));
  const { exitCode, stderr } = await box.run(["down"]);
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(await containers(), []);
});

test("a slot that comes back is made anew", async () => {
  await box.configure(withSlots(2));
  const { exitCode, stderr } = await box.run(["up"]);
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(await containers(), ["chat-1", "chat-2", "guard", "nginx"]);
});
