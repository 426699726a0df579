import assert from "node:assert/strict";
import { test } from "node:test";
import { testImages } from "../support/images.ts";
import { docker, eventually, folderWith, startContainer } from "./container.ts";

const TIMEOUT_MS = 300_000;

const CONFIG = `
protected-mode no
aclfile /run/secrets/users.acl
save ""
`;
const USERS = `user default on nopass nocommands +ping
user chat on >s3cret ~* &* +@all -@dangerous
`;

test("redis obeys an ACL file as an ordinary user, and stops clean", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const { redis } = await testImages();
  const config = await folderWith(t, { "redis.conf": CONFIG });
  const secrets = await folderWith(t, { "users.acl": USERS });
  const container = await startContainer(
    t,
    [
      "--user=999:999",
      `--volume=${config}/redis.conf:/etc/plimsoll/redis.conf:ro`,
      `--volume=${secrets}/users.acl:/run/secrets/users.acl:ro`,
    ],
    [redis, "redis-server", "/etc/plimsoll/redis.conf"],
  );
  const ask = async (...command: string[]) => {
    const answer = await container.exec(["redis-cli", "--no-auth-warning", ...command]);
    return answer?.includes("Could not connect") ? undefined : answer;
  };
  assert.equal(await eventually(() => ask("ping"), 30_000), "PONG");
  assert.match((await ask("set", "key", "value")) ?? "", /NOPERM/);
  assert.equal(await ask("--user", "chat", "--pass", "s3cret", "set", "key", "value"), "OK");
  assert.match(
    (await ask("--user", "chat", "--pass", "wrong", "get", "key")) ?? "",
    /WRONGPASS|NOPERM/,
  );
  // From the network, where Redis' protected mode would refuse everyone.
  const network = [
    "bash",
    "-c",
    'redis-cli -h "$(hostname -i)" --user chat --pass s3cret get key 2>/dev/null',
  ];
  assert.equal(await container.exec(network), "value");
  assert.equal(await container.exec(["stat", "-c", "%u:%g", "/data"]), "999:999");

  await docker("stop", "--time=20", container.id);
  assert.equal(await docker("inspect", "--format", "{{.State.ExitCode}}", container.id), "0");
});

test("a configuration file alone starts the server", { timeout: TIMEOUT_MS }, async (t) => {
  const { redis } = await testImages();
  const config = await folderWith(t, { "redis.conf": "port 7000\n" });
  const mount = `--volume=${config}/redis.conf:/etc/plimsoll/redis.conf:ro`;
  const container = await startContainer(
    t,
    ["--user=999:999", mount],
    [redis, "/etc/plimsoll/redis.conf"],
  );
  const pong = await eventually(
    () => container.exec(["redis-cli", "-e", "-p", "7000", "ping"]),
    30_000,
  );
  assert.equal(pong, "PONG");
});
