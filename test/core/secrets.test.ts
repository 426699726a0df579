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
