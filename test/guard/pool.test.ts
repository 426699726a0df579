import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { Backend, type Grant } from "../../guard/backend.ts";
import type { BackendSettings } from "../../guard/backend-settings.ts";
import type { HealthLimits } from "../../guard/health.ts";
import { Log } from "../../guard/log.ts";
import { Pool, type Wait } from "../../guard/pool.ts";
import { askOf, backendAt, closedPort, DEFAULTS, LIMIT, serve } from "./support.ts";

const LIMITS = { queueRequests: 8, acquireTimeoutMs: 60_000 };
const PLAIN = askOf();
const STREAM = askOf({ stream: true });

function poolOf(...backends: Partial<BackendSettings>[]): Pool {
  return poolWith({ ...DEFAULTS, acquireTimeoutMs: 60_000 }, ...backends);
}

function poolWith(limits: HealthLimits, ...backends: Partial<BackendSettings>[]): Pool {
  const log = new Log("error", () => {});
  const made = backends.map((more, index) => {
    return new Backend(
      backendAt(1, { name: "abc".charAt(index), concurrency: 2, ...more }),
      limits,
      log,
    );
  });
  return new Pool(["/"], made, LIMITS);
}

function grantOf(pool: Pool, ask = PLAIN): Grant {
  const answer = pool.acquire(ask);
  if (typeof answer === "string" || "outcome" in answer) throw new Error("no grant");
  return answer;
}

function waitOf(pool: Pool, ask = PLAIN): Wait {
  const answer = pool.acquire(ask);
  if (typeof answer === "string" || !("outcome" in answer)) throw new Error("no wait");
  return answer;
}

function names(grants: readonly Grant[]): string[] {
  return grants.map(({ backend }) => backend.settings.name);
}

async function settled(wait: Wait): Promise<Grant> {
  const outcome = await wait.outcome;
  if (typeof outcome === "string") throw new Error(outcome);
  return outcome;
}

function backendNamed(pool: Pool, name: string): Backend {
  const backend = pool.backends.find(({ settings }) => settings.name === name);
  if (backend === undefined) throw new Error(`no backend ${name}`);
  return backend;
}

function refuse(pool: Pool, name: string): void {
  backendNamed(pool, name).health.refused(new Error("refused"), performance.now());
}

test("equals take turns", () => {
  const pool = poolOf({}, {}, {});
  const grants = Array.from({ length: 6 }, () => grantOf(pool));
  assert.deepEqual(names(grants).sort(), ["a", "a", "b", "b", "c", "c"]);
});

test("the least active backend is taken, streams counted", () => {
  const pool = poolOf({ concurrency: 9 }, { concurrency: 9 });
  const [first, second] = [grantOf(pool), grantOf(pool)];
  first.permit.toStream();
  grantOf(pool);
  grantOf(pool);
  second.permit.release("completed");
  assert.deepEqual(names([grantOf(pool)]), names([second]));
});

test("a full backend is passed over", () => {
  const pool = poolOf({ concurrency: 1 }, { concurrency: 3 });
  const grants = Array.from({ length: 4 }, () => grantOf(pool));
  assert.deepEqual(names(grants).sort(), ["a", "b", "b", "b"]);
});

test("waiting requests are served first come first served, and nobody passes them", async () => {
  const pool = poolOf({ concurrency: 1 });
  const held = grantOf(pool);
  const [first, second] = [waitOf(pool), waitOf(pool)];
  assert.equal(pool.queueDepth, 2);
  held.permit.release("completed");
  const next = await settled(first);
  assert.equal(pool.queueDepth, 1);
  assert.ok("outcome" in (pool.acquire(PLAIN) as Wait));
  next.permit.release("completed");
  (await settled(second)).permit.release("completed");
});

test("a plain request passes a stream that waits for a backend with room for streams", async () => {
  const pool = poolOf({ concurrency: 1, streams: 1 }, { concurrency: 2, streams: 0 });
  const busy = grantOf(pool, STREAM);
  const stream = waitOf(pool, STREAM);
  assert.equal(grantOf(pool).backend.settings.name, "b");
  busy.permit.release("completed");
  assert.equal((await settled(stream)).backend.settings.name, "a");
});

test("a raised limit lets waiting requests in", async () => {
  const pool = poolOf({ concurrency: 1 });
  grantOf(pool);
  const wait = waitOf(pool);
  backendNamed(pool, "a").permits.resize(2);
  assert.equal((await settled(wait)).backend.settings.name, "a");
});

test("a stream goes where streams have room", () => {
  const pool = poolOf({ streams: 0 }, { streams: 5, concurrency: 3 });
  const grants = Array.from({ length: 3 }, () => grantOf(pool, STREAM));
  assert.deepEqual(names(grants), ["b", "b", "b"]);
});

test("a stream is shed at once when all streams are taken", () => {
  const pool = poolOf({ streams: 0 }, { streams: 0 });
  assert.equal(pool.acquire(STREAM), "streams_full");
});

test("a waiting stream is shed when the last place for streams goes", async () => {
  const pool = poolOf({ concurrency: 1, streams: 1 });
  const held = grantOf(pool);
  const wait = waitOf(pool, STREAM);
  held.permit.toStream();
  assert.equal(await wait.outcome, "streams_full");
  assert.equal(pool.acquire(STREAM), "streams_full");
});

test("a backend that refused is avoided, and the other takes its requests", () => {
  const pool = poolOf({}, { concurrency: 3 });
  refuse(pool, "a");
  const grants = Array.from({ length: 3 }, () => grantOf(pool));
  assert.deepEqual(names(grants), ["b", "b", "b"]);
});

test("while a backend may be under replacement, requests wait for it", LIMIT, async (t) => {
  const backend = await serve(t, () => {});
  const pool = poolOf({ port: backend.port });
  t.after(() => backendNamed(pool, "a").close());
  refuse(pool, "a");
  const wait = waitOf(pool);
  assert.equal((await settled(wait)).backend.settings.name, "a");
});

test("all backends down for long is told at once, also to those who wait", LIMIT, async (t) => {
  const pool = poolWith({ ...DEFAULTS, acquireTimeoutMs: 20 }, { port: await closedPort() });
  t.after(() => backendNamed(pool, "a").close());
  refuse(pool, "a");
  const wait = waitOf(pool);
  const keepAlive = setTimeout(() => {}, LIMIT.timeout);
  assert.equal(await wait.outcome, "backends_down");
  clearTimeout(keepAlive);
  assert.equal(pool.acquire(PLAIN), "backends_down");
});

test("an open breaker is told at once: its backend is up, and fails", () => {
  const pool = poolOf({ concurrency: 9 });
  for (const { backend, call } of Array.from({ length: 5 }, () => grantOf(pool))) {
    backend.health.failed(call, performance.now());
  }
  assert.equal(pool.acquire(PLAIN), "backends_down");
});

test(
  "a request that waits for a busy backend gets the other when that is back",
  LIMIT,
  async (t) => {
    const other = await serve(t, () => {});
    const pool = poolOf({ concurrency: 1 }, { concurrency: 1, port: other.port });
    refuse(pool, "b");
    const held = grantOf(pool);
    const grant = await settled(waitOf(pool));
    assert.deepEqual(names([held, grant]), ["a", "b"]);
  },
);

/** Requests that come, wait, stream and leave in any order. */
class Crowd {
  readonly pool = poolOf({ concurrency: 2, streams: 2 }, { concurrency: 3, streams: 1 });
  readonly #grants: Grant[] = [];
  readonly #waits: Wait[] = [];

  come(pick: number): void {
    const answer = this.pool.acquire(askOf({ stream: pick % 3 === 0 }));
    if (typeof answer === "string") return;
    if ("outcome" in answer) this.#waits.push(answer);
    else this.#grants.push(answer);
  }

  stream(pick: number): void {
    this.#grants[pick]?.permit.toStream();
  }

  finish(pick: number): void {
    this.#grants[pick]?.permit.release("completed");
  }

  leave(pick: number): void {
    this.#waits[pick]?.settle("client_gone");
  }

  resize(pick: number): void {
    this.pool.backends[pick % 2]?.permits.resize(1 + (pick % 4));
  }

  check(): void {
    for (const { permits } of this.pool.backends) {
      assert.ok(permits.active >= 0 && permits.active <= 4);
      assert.ok(permits.streams >= 0 && permits.streams <= permits.streamLimit);
    }
    assert.ok(this.pool.queueDepth <= LIMITS.queueRequests);
  }

  /** Everybody who has a permit gives it back, and so does whoever still gets one. */
  async goHome(): Promise<void> {
    const served = this.#waits.map(async ({ outcome }) => {
      const answer = await outcome;
      if (typeof answer !== "string") answer.permit.release("completed");
    });
    for (const { permit } of this.#grants) permit.release("completed");
    await Promise.all(served);
  }
}

const crowdSteps = fc.array(
  fc.tuple(
    fc.constantFrom<"come" | "stream" | "finish" | "leave" | "resize">(
      "come",
      "stream",
      "finish",
      "leave",
      "resize",
    ),
    fc.nat(30),
  ),
  { maxLength: 150 },
);

test("never a permit too many and none lost, whatever comes and goes", LIMIT, async () => {
  const property = fc.asyncProperty(crowdSteps, async (steps) => {
    const crowd = new Crowd();
    for (const [step, pick] of steps) {
      crowd[step](pick);
      crowd.check();
    }
    await crowd.goHome();
    const left = crowd.pool.backends.map(({ permits }) => [permits.active, permits.streams]);
    assert.deepEqual(left, [
      [0, 0],
      [0, 0],
    ]);
    assert.equal(crowd.pool.queueDepth, 0);
  });
  await fc.assert(property);
});
