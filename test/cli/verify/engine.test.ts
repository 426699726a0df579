import assert from "node:assert/strict";
import { test } from "node:test";
import { execa } from "execa";
import { openTarget, type Target } from "../../../cli/target.ts";
import type { LiveContainer } from "../../../cli/verify/context.ts";
import { canonical, engineReadings } from "../../../cli/verify/engine.ts";
import { isDrift } from "../../../cli/verify/reading.ts";
import { planOf } from "../../../config/environment.ts";
import { declaredContainers } from "../../../stacks/declared.ts";
import { IMAGES, localWith } from "../../support/environments.ts";

test("the same content has the same text, whatever the order of keys and of a set's members", () => {
  assert.equal(canonical({ b: 1, a: ["x", "y"] }), "a=x y b=1");
  assert.equal(
    canonical([{ name: "b" }, { name: "a" }]),
    canonical([{ name: "a" }, { name: "b" }]),
  );
  assert.notEqual(canonical(["a", "b"]), canonical(["b", "a"]));
  assert.equal(canonical(undefined), "");
});

const DEPLOYMENT = {
  images: IMAGES,
  cgroupDriver: "systemd",
  stateFolder: "/srv/state",
} as const;
const target: Target = { ...openTarget("local"), docker: () => execa("true") };

function declaredWith(patch: Parameters<typeof localWith>[0]) {
  const environment = localWith(patch);
  return declaredContainers({ ...DEPLOYMENT, environment, plan: planOf(environment) });
}

test("every attribute of every declared container has a reading; where nothing runs, none is in force", async () => {
  const declared = declaredWith({ tls: { certificate: "/etc/c.pem", key: "/etc/k.pem" } });
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
  const readings = await engineReadings({ target, subjects });
  assert.ok(readings.length > 150, `${readings.length} readings`);
  assert.ok(readings.every(isDrift));
  const networks = readings.find(({ setting }) => setting === "networks_advanced");
  assert.equal(networks?.declared, "name=plimsoll-local-data");
});

/** The reading of the ports of a Redis that the engine says publishes these. */
async function portsOf(published: LiveContainer["NetworkSettings"]["Ports"]) {
  const [declared] = declaredWith({});
  assert.ok(declared);
  const live: LiveContainer = {
    ...{ Id: "a", Image: "b", State: { Pid: 0, Running: false }, Config: {}, Mounts: [] },
    HostConfig: { RestartPolicy: {}, LogConfig: {} },
    NetworkSettings: { Networks: {}, Ports: published },
  };
  const subjects = [{ name: "redis", kind: "redis", declared, live }];
  const readings = await engineReadings({ target, subjects });
  return readings.find(({ setting }) => setting === "ports");
}

test("a port that is published and that nobody declared is drift; an exposed one is not", async () => {
  const published = await portsOf({ "6379/tcp": [{ HostIp: "0.0.0.0", HostPort: "6379" }] });
  assert.equal(published?.declared, "");
  assert.equal(published?.live, "external=6379 internal=6379 ip=0.0.0.0");
  assert.equal((await portsOf({ "6379/tcp": null }))?.live, "");
  assert.equal((await portsOf(null))?.live, "");
});
