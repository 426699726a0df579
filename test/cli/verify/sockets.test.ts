import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { type TestContext, test } from "node:test";
import { listeners } from "../../../cli/ports.ts";
import { openTarget } from "../../../cli/target.ts";
import { publishedPorts } from "../../../cli/verify/sockets.ts";

async function listenOn(t: TestContext, host: string): Promise<number> {
  const server: Server = createServer().listen(0, host);
  t.after(() => server.close());
  await once(server, "listening");
  const address = server.address();
  assert.ok(address && typeof address === "object");
  return address.port;
}

test("the kernel's table tells who listens, and whether outside can reach it", async (t) => {
  const [everywhere, loopback, loopback6] = [
    await listenOn(t, "0.0.0.0"),
    await listenOn(t, "127.0.0.53"),
    await listenOn(t, "::ffff:127.0.0.1"),
  ];
  const found = new Map((await listeners(openTarget("local"))).map((one) => [one.port, one]));
  assert.equal(found.get(everywhere)?.isLoopback, false);
  assert.equal(found.get(loopback)?.isLoopback, true);
  assert.equal(found.get(loopback6)?.isLoopback, true);
});

test("what containers publish is told, ranges too, but not on loopback", () => {
  const text = [
    "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp",
    "127.0.0.1:5432->5432/tcp, [::1]:5433->5432/tcp",
    "6379/tcp",
    "10.0.0.5:7000-7002->7000-7002/tcp, 0.0.0.0:53->53/udp",
  ].join("\n");
  assert.deepEqual(publishedPorts(text), [8080, 8080, 7000, 7001, 7002]);
});
