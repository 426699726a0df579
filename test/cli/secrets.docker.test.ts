import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chat } from "../support/chat.ts";
import { docker } from "../support/docker.ts";
import { freePort } from "../support/free-ports.ts";
import { type Sandbox, sandbox } from "../support/sandbox.ts";

/** The example's stack with one slot and an API key of the operator's; the tests build on one another, in order. */
let box: Sandbox;
let port: number;

const KEY = "sk-canary-4f1d2c";

before(async () => {
  port = await freePort();
  box = await sandbox({
    local: { address: "127.0.0.1", port, services: { chat: { slots: 1, secrets: ["llm-key"] } } },
  });
});

after(() => box.dispose());

const inSlot = (...command: string[]) => docker("exec", `${box.project}-local-chat-1`, ...command);
const read = (file: string) => inSlot("cat", `/run/secrets/${file}`);

test("a secret of one's own that is missing stops up before anything runs, with the command that puts it there", async () => {
  const { exitCode, stderr } = await box.run(["up", "local"]);
  assert.equal(exitCode, 2);
  assert.match(
    stderr,
    /secret chat\/llm-key must be on the server, got none; put it there with \.\/plimsoll secrets set chat\/llm-key local <FILE/,
  );
  assert.equal(await docker("ps", "--all", "--quiet", "--filter", `name=${box.project}`), "");
});

test("set takes it from stdin, and the slot reads it from a file that a variable names", async () => {
  const empty = await box.run(["secrets", "set", "chat/llm-key", "local"], { input: "" });
  assert.equal(empty.exitCode, 2);
  assert.match(empty.stderr, /secret chat\/llm-key: must not be empty, got nothing on stdin/);
  const set = await box.run(["secrets", "set", "chat/llm-key", "local"], { input: KEY });
  assert.equal(set.exitCode, 0, set.stderr);
  const up = await box.run(["up", "local"]);
  assert.equal(up.exitCode, 0, up.stderr);
  assert.equal(await inSlot("sh", "-c", 'cat "$LLM_KEY_FILE"'), KEY);
  assert.equal(await inSlot("stat", "-c", "%a %u", "/run/secrets/llm-key"), "400 1000");
});

test("list tells every secret and its age, never a value", async () => {
  const { stdout } = await box.run(["secrets", "list", "local", "--json"]);
  const secrets = JSON.parse(stdout) as {
    service: string;
    file: string;
    from: string;
    writtenAt: string;
  }[];
  assert.deepEqual(
    secrets.map(({ service, file, from }) => `${service}/${file}: ${from}`),
    [
      "chat/database-password: made here",
      "chat/cache-password: made here",
      "chat/session-key: made here",
      "chat/llm-key: yours",
      "postgres/superuser-password: made here",
      "postgres/chat-database-password: copy of chat/database-password",
      "redis/operator-password: made here",
      "redis/users.acl: made from the cache passwords",
    ],
  );
  assert.ok(secrets.every(({ writtenAt }) => /^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(writtenAt)));
  assert.ok(!stdout.includes(KEY));
});

for (const name of ["chat/database-password", "chat/cache-password", "redis/operator-password"]) {
  test(`rotate ${name}: a new value, and everything works with it`, async () => {
    const [service, file = ""] = name.split("/");
    const value = () =>
      docker(
        "exec",
        `${box.project}-local-${service === "chat" ? "chat-1" : service}`,
        "cat",
        `/run/secrets/${file}`,
      );
    const old = await value();
    const { exitCode, stderr } = await box.run(["secrets", "rotate", name, "local"]);
    assert.equal(exitCode, 0, stderr);
    assert.notEqual(await value(), old);
    assert.ok(!stderr.includes(old));
    const { tokens } = await chat(`http://127.0.0.1:${port}/api/chat/completions`, "Still there?");
    assert.ok(tokens.length >= 5);
    const verify = await box.run(["verify", "local"]);
    assert.equal(verify.exitCode, 0, verify.stdout);
  });
}

test("what is not there, or not to be rotated or set, is told with what is", async () => {
  const wrong = await box.run(["secrets", "rotate", "chat/nothing", "local"]);
  assert.equal(wrong.exitCode, 2);
  assert.match(wrong.stderr, /got none of that name; use one of chat\/database-password, /);
  const own = await box.run(["secrets", "rotate", "chat/llm-key", "local"]);
  assert.match(
    own.stderr,
    /got one that is yours; give its new value with \.\/plimsoll secrets set/,
  );
  const made = await box.run(["secrets", "set", "chat/session-key", "local"], { input: "x" });
  assert.match(
    made.stderr,
    /must be one of your own, got one that is made here; \.\/plimsoll secrets rotate/,
  );
  assert.equal(await read("llm-key"), KEY);
});

test("the operator's secret occurs in no file of the state and no inspect", async () => {
  const places = await box.stateFiles();
  places.set("inspect", await docker("inspect", `${box.project}-local-chat-1`));
  places.set("logs", await docker("logs", `${box.project}-local-chat-1`));
  for (const [place, text] of places) assert.ok(!text.includes(KEY), place);
});
