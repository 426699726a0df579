import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import test from "node:test";
import { ConnectProbe } from "../../guard/connect-probe.ts";
import { closedPort, LIMIT, until } from "./support.ts";

test("tries until the port is open, tells it once, and sends nothing", LIMIT, async (t) => {
  const port = await closedPort();
  let opened = 0;
  const probe = new ConnectProbe({ host: "127.0.0.1", port }, () => {
    opened += 1;
  });
  probe.start();
  probe.start();
  let bytes = 0;
  let connections = 0;
  const server = net.createServer((socket) => {
    connections += 1;
    socket.on("data", (chunk) => {
      bytes += chunk.length;
    });
    socket.on("error", () => {});
  });
  server.listen(port, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  await until("it is told", () => opened === 1);
  assert.deepEqual([connections, bytes], [1, 0]);
  probe.start();
  await until("it is told anew after another start", () => opened === 2);
});

test("a stopped probe tells nothing", LIMIT, async () => {
  const probe = new ConnectProbe({ host: "127.0.0.1", port: await closedPort() }, () => {
    assert.fail("told");
  });
  probe.start();
  probe.stop();
});
