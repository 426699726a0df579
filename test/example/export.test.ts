import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { Exports } from "../../example/export.ts";
import { createLog } from "../../example/log.ts";
import { Memory } from "../../example/memory.ts";
import { Router } from "../../example/router.ts";
import { AppServer } from "../../example/server.ts";
import { GuardProcess } from "../guard/guard-process.ts";
import { get, LONG_LIMIT, open, type Reply, replyOf, responseOf, until } from "../guard/support.ts";

/** The most leases that a guard gives. */
const ALL = 1_000;
const AT_ONCE = 50;
/** The machine that runs the tests may have no 60 MiB left. */
const COUNTS_ONLY = { GUARD_OBSERVE: "true" };

/** The export of an application, and the guard that it asks for memory. */
async function start(t: TestContext, variables: Record<string, string> = COUNTS_ONLY) {
  const process = new GuardProcess(t, {
    GUARD_BACKENDS: "chat-1=http://127.0.0.1:9",
    ...variables,
  });
  const [, adminPort] = await process.ports();
  const guard = new LeaseHolder(adminPort);
  const lines: string[] = [];
  const memory = new Memory({ guardUrl: `http://127.0.0.1:${adminPort}`, slotName: "chat-1" });
  const server = new AppServer({
    router: new Router().add("GET", "/api/export", new Exports(memory).send),
    maxConnections: 80,
    log: createLog("info", "chat-1", (line) => lines.push(line)),
  });
  const port = await server.listen(0);
  t.after(() => {
    server.http.close();
    server.http.closeAllConnections();
  });
  return { guard, memory, server, port, lines };
}

/** Somebody else who leases from the same guard. */
class LeaseHolder {
  readonly #adminPort: number;
  #ids: string[] = [];

  constructor(adminPort: number) {
    this.#adminPort = adminPort;
  }

  /** How many leases the guard has given, to whomever. */
  async leases(): Promise<number> {
    const { body } = await get(this.#adminPort, "/metrics");
    return Number(/^memory_guard_leases (.*)$/m.exec(body)?.[1]);
  }

  async takeAll(): Promise<void> {
    while (this.#ids.length < ALL) {
      const taken = await Promise.all(Array.from({ length: AT_ONCE }, () => this.#take()));
      this.#ids.push(...taken.map(({ body }) => JSON.parse(body).id));
    }
  }

  async giveOneBack(): Promise<void> {
    const { status } = await get(this.#adminPort, `/leases/${this.#ids.pop()}`, {
      method: "DELETE",
    });
    assert.equal(status, 204);
  }

  #take(): Promise<Reply> {
    return get(this.#adminPort, "/leases", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: '{"backend":"chat-1","bytes":1}',
    });
  }
}

test("an export of all rows holds a lease until the client has read it", LONG_LIMIT, async (t) => {
  const { guard, port } = await start(t);
  const response = await responseOf(open(port, "/api/export"));
  assert.equal(await guard.leases(), 1);
  assert.equal(response.headers["server-timing"], 'mem;desc="MiB";dur=0.0');
  const { status, body } = await replyOf(response);
  assert.equal(status, 200);
  assert.equal(JSON.parse(body).rows.length, 20_000);
  await until("it is given back", async () => (await guard.leases()) === 0);
});

test("a client that leaves amid an export gives its lease back", LONG_LIMIT, async (t) => {
  const { guard, port } = await start(t);
  const request = open(port, "/api/export");
  await responseOf(request);
  assert.equal(await guard.leases(), 1);
  request.destroy();
  await until("it is given back", async () => (await guard.leases()) === 0);
});

test(
  "an export that says its rows was paid for at the door, and takes no lease",
  LONG_LIMIT,
  async (t) => {
    const { guard, port } = await start(t);
    await guard.takeAll();
    const { status, headers } = await get(port, "/api/export?rows=1024");
    assert.deepEqual([status, headers["server-timing"]], [200, 'mem;desc="MiB";dur=3.0']);
  },
);

test(
  "while the guard gives no lease an export waits, then is told to come back",
  LONG_LIMIT,
  async (t) => {
    const { guard, port, server, lines } = await start(t);
    await guard.takeAll();
    const refused = await get(port, "/api/export");
    assert.deepEqual([refused.status, refused.headers["retry-after"]], [503, "30"]);
    assert.deepEqual(JSON.parse(refused.body), {
      error: {
        code: "service_unavailable",
        message: "no memory is free for this now; come back later",
      },
    });
    assert.equal(JSON.parse(lines[0] ?? "").reason, "no room: leases_full");

    const asked = once(server.http, "request");
    const waiting = get(port, "/api/export");
    await asked;
    await guard.giveOneBack();
    assert.equal((await waiting).status, 200);
  },
);

test("a client that leaves while its export waits is no fault", LONG_LIMIT, async (t) => {
  const { guard, port, server, lines } = await start(t);
  await guard.takeAll();
  const asked = once(server.http, "request");
  const request = open(port, "/api/export");
  const [, response] = await asked;
  const gone = once(response, "close");
  request.destroy();
  await gone;
  await server.settled();
  assert.deepEqual(lines, []);
  assert.equal(await guard.leases(), ALL);
});

test("what no memory could hold is refused for good", LONG_LIMIT, async (t) => {
  const { memory } = await start(t, {});
  await assert.rejects(memory.lease(2 ** 39, new AbortController().signal), {
    status: 413,
    message: "the result is larger than this server's memory; ask for less",
  });
});
