import assert from "node:assert/strict";
import { after, test as bareTest, before, type TestContext } from "node:test";
import { App } from "../../example/app.ts";
import { deleteIdleSessions } from "../../example/cleanup.ts";
import { Database } from "../../example/database.ts";
import { createLog } from "../../example/log.ts";
import { migrate } from "../../example/migrations.ts";
import type { Settings } from "../../example/settings.ts";
import { testImages } from "../support/images.ts";
import { ChatClient } from "./chat-client.ts";
import { eventually, type Service, ServiceNetwork } from "./service-network.ts";

const POSTGRES_PASSWORD = "ballast";
const CACHE_PASSWORD = "tackle";
/** All that the application needs. */
const CACHE_RULES = [`>${CACHE_PASSWORD}`, "~chat:*", "+get", "+set", "+del", "+ping"];
const TEST_TIMEOUT_MS = 120_000;
const silent = createLog("error", "test", () => undefined);

const test = (name: string, body: (context: TestContext) => Promise<void>) =>
  bareTest(name, { timeout: TEST_TIMEOUT_MS }, body);

let network: ServiceNetwork;
let postgres: Service;
let redis: Service;

before(async () => {
  const images = await testImages();
  network = await ServiceNetwork.create();
  postgres = await network.run({
    image: images.postgres,
    containerPort: 5432,
    variables: { POSTGRES_PASSWORD, POSTGRES_USER: "chat", POSTGRES_DB: "chat" },
    command: ["postgres", "-c", "listen_addresses=*", "-c", "fsync=off"],
  });
  redis = await network.run({
    image: images.redis,
    containerPort: 6379,
    command: ["redis-server", "--protected-mode", "no", "--user", "chat", "on", ...CACHE_RULES],
  });
});

after(() => network?.remove());

function settings(overrides: Partial<Settings>): Settings {
  const host = "127.0.0.1";
  const database = { host, name: "chat", user: "chat", password: POSTGRES_PASSWORD, poolMax: 4 };
  return {
    port: 0,
    slotName: "test",
    guardUrl: "",
    logLevel: "error",
    database: { ...database, port: postgres.port },
    cache: { host, port: redis.port, user: "chat", password: CACHE_PASSWORD },
    sessionKey: "0123456789abcdef",
    maxConnections: 100,
    drainTimeoutMs: 10_000,
    heartbeatMs: 15_000,
    modelTokenDelayMs: 0,
    historyLimit: 20,
    sessionTtlDays: 30,
    oomScoreAdj: 0,
    ...overrides,
  };
}

/** A slot that is ready, and how to stop it before the test's end. */
async function startApp(context: TestContext, overrides: Partial<Settings> = {}) {
  const app = new App(settings(overrides), silent);
  const origin = `http://127.0.0.1:${await app.start()}`;
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= app.stop();
    return stopped;
  };
  context.after(stop);
  await eventually(() => isHealthy(origin));
  return { origin, stop, client: new ChatClient(origin) };
}

async function health(origin: string) {
  return JSON.parse(await (await fetch(`${origin}/health/detailed`)).text());
}

const isHealthy = async (origin: string) => (await health(origin)).status === "ok";

/** The data of each event of a stream. */
async function events(response: Response): Promise<string[]> {
  const text = await response.text();
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data ?? "");
}

async function openDatabase(context: TestContext, name = "chat"): Promise<Database> {
  const database = new Database({ ...settings({}).database, name }, silent);
  context.after(() => database.close());
  await database.start(async () => undefined);
  return database;
}

test("slots that start together on an empty database migrate it once", async (context) => {
  const admin = await openDatabase(context);
  await admin.query("CREATE DATABASE fresh");
  const databases = await Promise.all(
    Array.from({ length: 3 }, () => openDatabase(context, "fresh")),
  );
  await Promise.all(databases.map((database) => database.transaction(migrate)));

  const migrations = await databases[0]?.query("SELECT name FROM schema_migrations ORDER BY name");
  assert.deepEqual(migrations, [{ name: "0001-chat" }, { name: "0002-models" }]);
  const indexes = await databases[0]?.query(
    "SELECT indexdef FROM pg_indexes WHERE indexname ~ '_at_idx$' ORDER BY indexname",
  );
  assert.deepEqual(
    indexes?.map(({ indexdef }) => indexdef.replace(/.* ON public\.(\w+) USING btree /, "$1 ")),
    [
      "chat_messages (session_id, created_at)",
      "chat_sessions (updated_at)",
      "chat_sessions (user_id, updated_at DESC)",
    ],
  );
});

test("an answer arrives token by token, and is still there after a restart", async (context) => {
  const first = await startApp(context);
  const response = await first.client.ask("ahoy", { stream: true, max_tokens: 3 });
  const sessionId = response.headers.get("X-Session-Id");
  const data = await events(response);
  assert.equal(data.pop(), "[DONE]");
  const choices = data.map((json) => JSON.parse(json).choices[0]);
  const pieces = choices.map(({ delta, finish_reason }) => [typeof delta.content, finish_reason]);
  assert.deepEqual(pieces, [
    ["string", null],
    ["string", null],
    ["string", null],
    ["undefined", "length"],
  ]);
  const answer = choices.map(({ delta }) => delta.content ?? "").join("");

  await first.stop();
  const client = first.client.at((await startApp(context)).origin);
  assert.deepEqual(await client.messages(sessionId), [
    ["user", "ahoy", null],
    ["assistant", answer, "length"],
  ]);
  const { sessions } = await client.json("/api/sessions");
  assert.deepEqual([sessions.length, sessions[0].id, sessions[0].title], [1, sessionId, "ahoy"]);
});

test("a session belongs to one user, until it is deleted", async (context) => {
  const { client, origin } = await startApp(context);
  const { sessionId } = await client.answer("ahoy");
  const stranger = new ChatClient(origin);
  await stranger.answer("who goes there?");
  const path = `/api/sessions/${sessionId}`;
  assert.equal((await stranger.fetch(`${path}/messages`)).status, 404);
  assert.equal((await stranger.fetch(path, { method: "DELETE" })).status, 404);
  assert.equal((await stranger.answer("mine!", { session_id: sessionId })).status, 404);
  assert.equal((await new ChatClient(origin).fetch(`${path}/messages`)).status, 404);

  assert.equal((await client.fetch(path, { method: "DELETE" })).status, 204);
  assert.equal((await client.fetch(`${path}/messages`)).status, 404);
  assert.equal((await client.fetch("/api/sessions/not-an-id/messages")).status, 404);
});

test("the model sees the session's history, up to the limit", async (context) => {
  const { client } = await startApp(context);
  const start = await client.answer("ahoy");
  const next = await client.answer("ahoy", { session_id: start.sessionId });
  assert.notEqual(next.content, start.content);

  const forgetful = client.at((await startApp(context, { historyLimit: 1 })).origin);
  const again = await forgetful.answer("ahoy", { session_id: start.sessionId });
  assert.equal(again.content, start.content);
});

test("a client without a session sends the history itself", async (context) => {
  const { client } = await startApp(context);
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "ahoy" },
    { role: "assistant", content: "Yes?" },
    { role: "user", content: "How deep?" },
  ];
  const { sessionId } = await client.answer("", { messages, max_tokens: 1 });
  const stored = await client.messages(sessionId);
  assert.deepEqual(stored.slice(0, 4), [
    ["system", "Be brief.", null],
    ["user", "ahoy", null],
    ["assistant", "Yes?", null],
    ["user", "How deep?", null],
  ]);
});

test("when the client leaves, the model stops and what it said is kept", async (context) => {
  const { client } = await startApp(context, { modelTokenDelayMs: 20 });
  const controller = new AbortController();
  const response = await client.ask("ahoy", { stream: true, max_tokens: 4096 }, controller.signal);
  const reader = response.body?.getReader();
  await reader?.read();
  controller.abort();
  const sessionId = response.headers.get("X-Session-Id");
  const answer = await eventually(async () => (await client.messages(sessionId))[1]);
  assert.deepEqual([answer[0], answer[2]], ["assistant", "cancelled"]);
  assert.ok(answer[1].length < 1000, `${answer[1].length} characters`);
});

test("a slot that stops finishes its streams", async (context) => {
  const { client, origin, stop } = await startApp(context, { modelTokenDelayMs: 10 });
  const response = await client.ask("ahoy", { stream: true, max_tokens: 30 });
  const stopped = stop();
  await assert.rejects(fetch(`${origin}/health`));
  assert.equal((await events(response)).at(-1), "[DONE]");
  await stopped;
});

test("a stream that outlasts the drain is cut, and what was said is kept", async (context) => {
  const slot = await startApp(context, { modelTokenDelayMs: 10, drainTimeoutMs: 100 });
  const response = await slot.client.ask("ahoy", { stream: true, max_tokens: 4096 });
  const cut = assert.rejects(response.text());
  await slot.stop();
  await cut;
  const client = slot.client.at((await startApp(context)).origin);
  const [, answer] = await client.messages(response.headers.get("X-Session-Id"));
  assert.deepEqual([answer[0], answer[2]], ["assistant", "cancelled"]);
});

test("idle sessions are deleted in batches, by one slot at a time", async (context) => {
  await startApp(context);
  const database = await openDatabase(context);
  await database.query(`
    WITH owner AS (INSERT INTO chat_users (id) VALUES (gen_random_uuid()) RETURNING id)
    INSERT INTO chat_sessions (user_id, title, updated_at)
    SELECT owner.id, 'idle', now() - make_interval(days => CASE WHEN n > 450 THEN 29 ELSE 31 END)
    FROM owner, generate_series(1, 460) AS n`);
  await database.transaction(async (transaction) => {
    await transaction.query("SELECT pg_advisory_xact_lock(7241002)");
    assert.equal(await deleteIdleSessions(database, 30), 0);
  });
  assert.equal(await deleteIdleSessions(database, 30), 450);
  const left = await database.query("SELECT id FROM chat_sessions WHERE title = 'idle'");
  assert.equal(left.length, 10);
});

test("lookups are cached for as long as their kind allows", async (context) => {
  const { client, origin } = await startApp(context);
  const { sessionId } = await client.answer("ahoy");
  await client.messages(sessionId);
  const { id: userId } = await client.json("/api/user");
  const models = await client.json("/api/models");
  assert.deepEqual(models.data, [{ id: "harbour-1", object: "model", owned_by: "local" }]);

  const ttls = [
    ["models:active", 300],
    [`session:${sessionId}`, 600],
    [`user:${userId}`, 900],
  ] as const;
  for (const [key, seconds] of ttls) {
    const ttl = Number(await redis.exec("redis-cli", "TTL", `chat:${key}`));
    assert.ok(ttl > seconds - 60 && ttl <= seconds, `${key}: ${ttl} s`);
  }
  const { hits } = (await health(origin)).cache;
  await client.messages(sessionId);
  assert.equal((await health(origin)).cache.hits, hits + 1);
});

test("without the cache everything works, and it is used again when it is back", async (context) => {
  const { client, origin } = await startApp(context);
  await redis.do("kill");
  const { sessionId, status } = await client.answer("ahoy");
  assert.equal(status, 200);
  assert.equal((await client.messages(sessionId)).length, 2);
  const away = await fetch(`${origin}/health/detailed`);
  assert.equal(away.status, 200);
  assert.equal(JSON.parse(await away.text()).status, "degraded");
  await redis.do("start");
  await eventually(() => isHealthy(origin));
});

test("a cache that hangs is passed by", async (context) => {
  const { client, origin } = await startApp(context);
  const { sessionId } = await client.answer("ahoy");
  await redis.do("pause");
  try {
    assert.equal((await client.messages(sessionId)).length, 2);
    assert.equal((await health(origin)).status, "degraded");
  } finally {
    await redis.do("unpause");
  }
  await eventually(() => isHealthy(origin));
});

test("without the database requests are told to come back, and it recovers by itself", async (context) => {
  const { client, origin } = await startApp(context, { modelTokenDelayMs: 20 });
  const { sessionId } = await client.answer("ahoy", { max_tokens: 1 });
  const stream = await client.ask("still there?", { stream: true, max_tokens: 100 });
  await postgres.do("kill");

  const refused = await client.fetch("/api/sessions");
  assert.deepEqual([refused.status, refused.headers.get("Retry-After")], [503, "5"]);
  assert.equal((await client.ask("ahoy")).status, 503);
  assert.equal((await fetch(`${origin}/health/detailed`)).status, 503);
  assert.equal((await fetch(`${origin}/health`)).status, 200);
  assert.deepEqual(
    (await events(stream)).at(-1),
    '{"error":{"code":"not_stored","message":"the answer could not be stored"}}',
  );

  await postgres.do("start");
  await eventually(() => isHealthy(origin));
  assert.equal((await client.messages(sessionId)).length, 2);
});

test("a slot that starts before its database waits for it", async (context) => {
  await postgres.do("kill");
  const starting = startApp(context);
  await postgres.do("start");
  assert.equal((await (await starting).client.answer("ahoy")).status, 200);
});
