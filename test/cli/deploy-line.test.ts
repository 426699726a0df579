import assert from "node:assert/strict";
import { test } from "node:test";
import { deployLines } from "../../cli/deploy-line.ts";

const news = (lines: readonly string[]) => {
  const read = deployLines("local");
  return lines.map((line) => read(line)?.text);
};

test("Terraform's lines become short news", () => {
  const lines = [
    "local-data  docker_container.redis_server_container_F439DBA3 (redis/server/container): Creating...",
    "            docker_network.app (app): Creation complete after 2s [id=8aa4329c]",
    "local-data  terraform_data.databases_step_5CF51425 (databases/step): Creation complete after 1s [id=5cd6]",
    "local-edge  docker_container.guard_server_container_F3CB6AA6 (guard/server/container): Still creating... [10s elapsed]",
    "            Apply complete! Resources: 6 added, 0 changed, 0 destroyed.",
    "local-edge  docker_image.guard_server_image_F52BD205 (guard/server/image): Creating...",
    "",
  ];
  assert.deepEqual(news(lines), [
    "redis: Creating",
    "app: Creation complete after 2s",
    "databases: Creation complete after 1s",
    "guard: Still creating [10s elapsed]",
    "local-edge: apply complete",
    undefined,
    undefined,
  ]);
});

test("a stack without changes is named, also where cdktf named it lines before", () => {
  const lines = [
    "local-host  Initializing the backend...",
    "            No changes. Your infrastructure matches the configuration.",
    "local-host  Apply complete! Resources: 0 added, 0 changed, 0 destroyed.",
    "local-app-chat-1  No changes. Your infrastructure matches the configuration.",
  ];
  assert.deepEqual(news(lines), [
    undefined,
    "local-host: no changes",
    undefined,
    "local-app-chat-1: no changes",
  ]);
});

test("a stack has ended where Terraform says so itself, also with nothing done", () => {
  const read = deployLines("local");
  const ended = [
    "local-host  No changes. Your infrastructure matches the configuration.",
    "local-data  docker_container.redis_server_container_F439DBA3 (redis/server/container): Creation complete after 1s",
    "local-app-chat-1  Apply complete! Resources: 0 added, 0 changed, 0 destroyed.",
    "local-app-chat-2  Terraform will perform the following actions:",
    "            Apply complete! Resources: 1 added, 0 changed, 1 destroyed.",
    "local-edge  Destroy complete! Resources: 9 destroyed.",
  ].map((line) => read(line)?.ended);
  assert.deepEqual(ended, [
    "local-host",
    undefined,
    "local-app-chat-1",
    undefined,
    "local-app-chat-2",
    "local-edge",
  ]);
});
