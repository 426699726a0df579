import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { GuardProcess } from "./guard-process.ts";
import { closeOf, get, Held, LIMIT, open, replyOf, responseOf, serve, until } from "./support.ts";

const MAIN = fileURLToPath(new URL("../../guard/main.ts", import.meta.url));
const ESBUILD = fileURLToPath(new URL("../../node_modules/.bin/esbuild", import.meta.url));

async function held(t: TestContext): Promise<[Held, string]> {
  const backend = new Held();
  const { port } = await serve(t, backend.handler);
  return [backend, `a=http://127.0.0.1:${port}`];
}

test(
  "SIGTERM: not ready, no new connections, the request at work ends whole, exit 0",
  LIMIT,
  async (t) => {
    const [backend, GUARD_BACKENDS] = await held(t);
    const guard = new GuardProcess(t, { GUARD_BACKENDS });
    const [port, adminPort] = await guard.ports();
    assert.equal((await get(adminPort, "/readyz")).status, 200);
    const answered = responseOf(open(port));
    await backend.arrived(1);
    guard.child.kill("SIGTERM");
    await until("it is not ready", async () => (await get(adminPort, "/readyz")).status === 503);
    const late = open(port);
    const [error] = await once(late, "error");
    assert.equal(error.code, "ECONNREFUSED");
    backend.answer(0, "whole");
    const { headers, body } = await replyOf(await answered);
    assert.deepEqual([body, headers.connection], ["whole", "close"]);
    assert.equal(await guard.exitCode(), 0);
    assert.deepEqual(
      guard.lines.map(({ message, cut }) => [message, cut]),
      [
        ["initialised", undefined],
        ["listening", undefined],
        ["draining", undefined],
        ["drained", 0],
      ],
    );
  },
);

test("SIGTERM with nothing at work ends it at once", LIMIT, async (t) => {
  const guard = new GuardProcess(t, { GUARD_BACKENDS: "a=http://127.0.0.1:1" });
  await guard.ports();
  guard.child.kill("SIGTERM");
  assert.equal(await guard.exitCode(), 0);
});

test("at the drain timeout what is left is cut, exit 0", LIMIT, async (t) => {
  const [backend, GUARD_BACKENDS] = await held(t);
  const guard = new GuardProcess(t, { GUARD_BACKENDS, GUARD_DRAIN_TIMEOUT_MS: "50" });
  const [port] = await guard.ports();
  const cut = closeOf(open(port));
  await backend.arrived(1);
  guard.child.kill("SIGTERM");
  await cut;
  assert.equal(await guard.exitCode(), 0);
  assert.equal(guard.lines.at(-1)?.["cut"], 1);
});

test("a second signal ends it at once, exit 1", LIMIT, async (t) => {
  const [backend, GUARD_BACKENDS] = await held(t);
  const guard = new GuardProcess(t, { GUARD_BACKENDS });
  const [port] = await guard.ports();
  open(port);
  await backend.arrived(1);
  guard.child.kill("SIGTERM");
  await until("it drains", () => guard.lines.some(({ message }) => message === "draining"));
  guard.child.kill("SIGINT");
  assert.equal(await guard.exitCode(), 1);
});

test("wrong settings: every problem on stderr, no stack, exit 2", LIMIT, async (t) => {
  const guard = new GuardProcess(t, { GUARD_BACKENDS: "a=ftp://x", MAX_CONCURRENT: "many" });
  assert.equal(await guard.exitCode(), 2);
  await until("stderr is read", () => guard.child.stderr?.readableEnded === true);
  assert.equal(
    guard.stderr,
    'MAX_CONCURRENT: must be a whole number of requests from 1 to 10000, got "many"; leave it out for 10\n' +
      'GUARD_BACKENDS a url: must be http://host:port and nothing more, got "ftp://x"; write http://chat-1:3000\n',
  );
  assert.equal(guard.stdout, "");
});

test("an address that is taken: one line, exit 2", LIMIT, async (t) => {
  const { port } = await serve(t, () => {});
  const guard = new GuardProcess(t, {
    GUARD_BACKENDS: "a=http://127.0.0.1:1",
    GUARD_LISTEN: `127.0.0.1:${port}`,
  });
  assert.equal(await guard.exitCode(), 2);
  await until("stderr is read", () => guard.child.stderr?.readableEnded === true);
  assert.equal(
    guard.stderr,
    `GUARD_LISTEN: must be a free address of this machine, got "127.0.0.1:${port}" (listen EADDRINUSE: address already in use 127.0.0.1:${port}); choose another\n`,
  );
});

test("the bundle needs nothing but Node, and runs with the image's flags", LIMIT, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "guard-bundle-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const bundle = join(folder, "guard.mjs");
  const options = ["--bundle", "--platform=node", "--target=node20", "--format=esm"];
  execFileSync(ESBUILD, [MAIN, ...options, `--outfile=${bundle}`, "--log-level=error"]);
  const imports = [...readFileSync(bundle, "utf8").matchAll(/^import .* from "(.*)";$/gm)];
  assert.ok(imports.length > 0);
  for (const [, specifier] of imports) assert.match(specifier ?? "", /^node:/);

  const backend = await serve(t, (_request, response) => response.end("through"));
  const dockerfile = readFileSync(new URL("../../guard/Dockerfile", import.meta.url), "utf8");
  const [, entrypoint = "[]"] = /^ENTRYPOINT (.*)$/m.exec(dockerfile) ?? [];
  const [node, ...flags] = JSON.parse(entrypoint);
  assert.equal(node, "node");
  assert.ok(flags.length > 0);
  const GUARD_BACKENDS = `a=http://127.0.0.1:${backend.port}`;
  const guard = new GuardProcess(t, { GUARD_BACKENDS }, [...flags, bundle]);
  const [port, adminPort] = await guard.ports();
  assert.equal((await get(port)).body, "through");
  assert.equal((await get(adminPort, "/healthz")).status, 200);
});
