import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { createServer as createSocketServer } from "node:net";
import { type TestContext, test } from "node:test";
import { registryAnswers } from "../../cli/images/registry.ts";

async function listen(t: TestContext, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function answering(status: number, seen: string[] = []): RequestListener {
  return (request, response) => {
    seen.push(request.url ?? "");
    response.writeHead(status, { connection: "close" }).end("{}");
  };
}

test("a registry that answers, or asks for a token, is there", { timeout: 30_000 }, async (t) => {
  const seen: string[] = [];
  for (const status of [200, 401]) {
    assert.equal(
      await registryAnswers(await listen(t, createServer(answering(status, seen)))),
      true,
    );
  }
  assert.deepEqual(seen, ["/v2/", "/v2/"]);
});

test("something else at the address is no registry", { timeout: 30_000 }, async (t) => {
  for (const status of [302, 404, 503]) {
    assert.equal(await registryAnswers(await listen(t, createServer(answering(status)))), false);
  }
});

test("an address where nothing listens is no registry", { timeout: 30_000 }, async (t) => {
  const server = createSocketServer();
  const url = await listen(t, server);
  await new Promise((resolve) => server.close(resolve));
  assert.equal(await registryAnswers(url), false);
});

test("an address that never answers is given up", { timeout: 30_000 }, async (t) => {
  const server = createSocketServer((socket) => t.after(() => socket.destroy()));
  assert.equal(await registryAnswers(await listen(t, server)), false);
});
