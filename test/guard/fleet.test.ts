import assert from "node:assert/strict";
import test from "node:test";
import {
  backendAt,
  get,
  guardFor,
  Held,
  LIMIT,
  LONG_LIMIT,
  open,
  replyOf,
  responseOf,
  serve,
  settingsOf,
  until,
} from "./support.ts";

const LONG = { acquireTimeoutMs: 2 * LIMIT.timeout };

test("a lower limit cancels nothing, a higher one lets in who waits", LIMIT, async (t) => {
  const held = new Held();
  const { port } = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(port, { concurrency: 2 })], LONG);
  const configure = (concurrency: number) =>
    guard.guard.configure(settingsOf([backendAt(port, { concurrency })], LONG));
  const replies = [get(guard.port), get(guard.port)];
  await held.arrived(2);
  configure(1);
  replies.push(get(guard.port));
  await until("one waits", async () => (await depth()) === 1);
  assert.equal(guard.active, 2);
  configure(3);
  await held.arrived(3);
  held.answerAll();
  assert.deepEqual(
    (await Promise.all(replies)).map(({ status }) => status),
    [200, 200, 200],
  );

  function depth(): Promise<number> {
    return guard.metric('memory_guard_queue_depth{paths="/"}');
  }
});

test("a backend that is taken out ends what it has and gets no more", LIMIT, async (t) => {
  const [old, next] = [new Held(), new Held()];
  const a = await serve(t, old.handler);
  const b = await serve(t, next.handler);
  const guard = await guardFor(t, [backendAt(a.port)]);
  const first = responseOf(open(guard.port));
  await old.arrived(1);
  guard.guard.configure(settingsOf([backendAt(b.port, { name: "b" })]));
  const second = get(guard.port);
  await next.arrived(1);
  next.answer(0, "new");
  old.answer(0, "whole");
  assert.deepEqual([(await replyOf(await first)).body, (await second).body], ["whole", "new"]);
  assert.equal(old.count, 1);
  assert.deepEqual(
    guard.guard.backends.map(({ settings }) => settings.name),
    ["b"],
  );
});

test("who waits for a pool that is no more is served by another", LIMIT, async (t) => {
  const held = new Held();
  const { port } = await serve(t, held.handler);
  const one = backendAt(port, { concurrency: 1, paths: ["/a", "/b"] });
  const guard = await guardFor(t, [one], LONG);
  const first = get(guard.port, "/a");
  await held.arrived(1);
  const second = get(guard.port, "/b");
  await until(
    "it waits",
    async () => (await guard.metric('memory_guard_queue_depth{paths="/a,/b"}')) === 1,
  );
  guard.guard.configure(settingsOf([{ ...one, paths: ["/"], concurrency: 2 }], LONG));
  await held.arrived(2);
  held.answerAll();
  assert.deepEqual([(await first).status, (await second).status], [200, 200]);
});

test("who waits for a path that is no more is told so", LIMIT, async (t) => {
  const held = new Held();
  const { port } = await serve(t, held.handler);
  const one = backendAt(port, { concurrency: 1, paths: ["/a"] });
  const guard = await guardFor(t, [one], LONG);
  open(guard.port, "/a");
  await held.arrived(1);
  const second = get(guard.port, "/a");
  await until(
    "it waits",
    async () => (await guard.metric('memory_guard_queue_depth{paths="/a"}')) === 1,
  );
  guard.guard.configure(settingsOf([{ ...one, paths: ["/b"] }], LONG));
  assert.equal((await second).status, 404);
});

test("a hundred reloads under load lose no request", LONG_LIMIT, async (t) => {
  const a = await serve(t, (_request, response) => setImmediate(() => response.end("fine")));
  const b = await serve(t, (_request, response) => setImmediate(() => response.end("fine")));
  const sets = [
    [backendAt(a.port, { concurrency: 2 })],
    [backendAt(a.port, { concurrency: 1 }), backendAt(b.port, { name: "b", concurrency: 1 })],
    [backendAt(b.port, { name: "b", concurrency: 3, paths: ["/", "/x"] })],
  ];
  const guard = await guardFor(t, sets[0] ?? [], { queueRequests: 500 });
  let isLoaded = true;
  const bodies: string[] = [];
  const client = async () => {
    while (isLoaded) bodies.push((await get(guard.port)).body);
  };
  const clients = Array.from({ length: 20 }, client);
  for (let index = 0; index < 100; index += 1) {
    const before = bodies.length;
    guard.guard.configure(settingsOf(sets[index % 3] ?? [], { queueRequests: 500 }));
    await until("requests are served", () => bodies.length > before);
  }
  isLoaded = false;
  await Promise.all(clients);
  assert.ok(bodies.length >= 100);
  assert.deepEqual(new Set(bodies), new Set(["fine"]));
  assert.equal(guard.active, 0);
});

test("where it listens cannot change, and then nothing does", LIMIT, async (t) => {
  const { port } = await serve(t, (_request, response) => response.end("fine"));
  const guard = await guardFor(t, [backendAt(port)]);
  const next = settingsOf([backendAt(1)], { listen: { host: "127.0.0.1", port: 9 } });
  assert.throws(() => guard.guard.configure(next), {
    name: "SettingsError",
    message:
      'GUARD_LISTEN: must stay as it is while the guard runs, got "127.0.0.1:9"; write 127.0.0.1:0 or restart',
  });
  assert.equal((await get(guard.port)).body, "fine");
});
