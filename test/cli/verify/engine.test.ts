import assert from "node:assert/strict";
import { test } from "node:test";
import { execa } from "execa";
import { openTarget, type Target } from "../../../cli/target.ts";
import { canonical, engineReadings } from "../../../cli/verify/engine.ts";
import { isDrift } from "../../../cli/verify/reading.ts";
import { planOf } from "../../../config/environment.ts";
import { declaredContainers } from "../../../stacks/declared.ts";
import { localWith } from "../../support/environments.ts";

test("the same content has the same text, whatever the order of keys and of a set's members", () => {
  assert.equal(canonical({ b: 1, a: ["x", "y"] }), "a=x y b=1");
  assert.equal(
    canonical([{ name: "b" }, { name: "a" }]),
    canonical([{ name: "a" }, { name: "b" }]),
  );
  assert.notEqual(canonical(["a", "b"]), canonical(["b", "a"]));
  assert.equal(canonical(undefined), "");
});

test("every attribute of every declared container has a reading; where nothing runs, none is in force", async () => {
  const environment = localWith({ tls: { certificate: "/etc/c.pem", key: "/etc/k.pem" } });
  const declared = declaredContainers({
    environment,
    plan: planOf(environment),
    images: {
      guard: "plimsoll/guard:1",
      nginx: "plimsoll/site:1",
      postgres: "plimsoll/postgres:1",
      redis: "plimsoll/redis:1",
      apps: { chat: "plimsoll/chat:1" },
    },
    cgroupDriver: "systemd",
    stateFolder: "/srv/state",
  });
  assert.deepEqual(
    declared.map(({ name, image }) => [name, image]),
    [
      ["plimsoll-local-redis", "plimsoll/redis:1"],
      ["plimsoll-local-postgres", "plimsoll/postgres:1"],
      ["plimsoll-local-chat-1", "plimsoll/chat:1"],
      ["plimsoll-local-chat-2", "plimsoll/chat:1"],
      ["plimsoll-local-guard", "plimsoll/guard:1"],
      ["plimsoll-local-nginx", "plimsoll/site:1"],
    ],
  );
  const subjects = declared.map((container) => ({
    name: container.name,
    kind: "",
    declared: container,
    live: undefined,
  }));
  const target: Target = { ...openTarget("local"), docker: () => execa("true") };
  const readings = await engineReadings({ target, subjects });
  assert.ok(readings.length > 150, `${readings.length} readings`);
  assert.ok(readings.every(isDrift));
  const networks = readings.find(({ setting }) => setting === "networks_advanced");
  assert.equal(networks?.declared, "name=plimsoll-local-data");
});
