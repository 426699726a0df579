import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { terraformRegistryAnswers } from "../../../cli/setup/terraform-registry.ts";

async function registry(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a registry answers with its discovery document", async (t) => {
  const paths: (string | undefined)[] = [];
  const url = await registry(t, ({ url }, response) => {
    paths.push(url);
    response.end('{"modules.v1":"/v1/modules/","providers.v1":"/v1/providers/"}');
  });
  assert.equal(await terraformRegistryAnswers(url), true);
  assert.deepEqual(paths, ["/.well-known/terraform.json"]);
});

test("what is no registry does not count", async (t) => {
  const portal = await registry(t, (_request, response) => response.end("<html>Log in</html>"));
  assert.equal(await terraformRegistryAnswers(portal), false);
  const modulesOnly = await registry(t, (_request, response) =>
    response.end('{"modules.v1":"/v1/modules/"}'),
  );
  assert.equal(await terraformRegistryAnswers(modulesOnly), false);
});

test("nor one that does not answer, or not in time", async (t) => {
  assert.equal(await terraformRegistryAnswers("http://127.0.0.1:1"), false);
  const silent = await registry(t, () => {});
  assert.equal(await terraformRegistryAnswers(silent, 50), false);
});
