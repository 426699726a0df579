import assert from "node:assert/strict";
import { test } from "node:test";
import { secretVolumes } from "../../core/secrets.ts";

test("each service has its own volume; apps come first, since others copy their passwords", () => {
  const volumes = secretVolumes({
    project: "plimsoll",
    name: "local",
    services: {
      postgres: { kind: "postgres" },
      www: { kind: "site" },
      chat: { kind: "app" },
      redis: { kind: "redis" },
    },
  });
  assert.deepEqual(
    volumes.map(({ volume, uid, files }) => [volume, uid, files.map(({ file }) => file)]),
    [
      ["plimsoll-local-chat-secrets", 1000, ["database-password", "cache-password", "session-key"]],
      ["plimsoll-local-postgres-secrets", 999, ["superuser-password", "chat-database-password"]],
      ["plimsoll-local-redis-secrets", 999, ["operator-password", "users.acl"]],
    ],
  );
});

/** Files of the volume for copies elsewhere, each with how it comes to be. */
function offsiteFiles(repository: string) {
  const services = { postgres: { kind: "postgres" as const, offsite: { repository } } };
  const volumes = secretVolumes({ project: "plimsoll", name: "local", services });
  const found = volumes.find(({ service }) => service === "offsite");
  assert.deepEqual([found?.volume, found?.uid], ["plimsoll-local-offsite-secrets", 999]);
  return found?.files.map(({ kind, file }) => `${kind} ${file}`);
}

test("copies elsewhere have a volume apart: a key that stays, and what the repository asks for", () => {
  assert.deepEqual(offsiteFiles("/mnt/backups"), ["key repository-password"]);
  assert.deepEqual(offsiteFiles("s3:https://s3.example.com/bucket"), [
    ...["key repository-password", "own access-key-id", "own secret-access-key"],
  ]);
  assert.deepEqual(offsiteFiles("rest:https://example.com/"), ["key repository-password"]);
  assert.deepEqual(offsiteFiles("rest:https://ann@example.com/"), [
    ...["key repository-password", "own rest-password"],
  ]);
  assert.deepEqual(offsiteFiles("sftp:ann@example.com:/srv"), [
    ...["key repository-password", "own ssh-key", "own ssh-known-hosts"],
  ]);
});
