import assert from "node:assert/strict";
import { test } from "node:test";
import { engineState } from "../../../cli/setup/docker-engine.ts";
import { engineChecks } from "../../../cli/setup/engine-checks.ts";
import { Machine } from "./support/machine.ts";

test("the engine of this machine answers with its version", async () => {
  const state = await engineState();
  assert.equal(state.kind, "answers");
  assert.match(state.kind === "answers" ? state.version : "", /^\d+\.\d+/);
});

test("an engine that is not there is silent, not denied", async (t) => {
  const machine = await Machine.create(t);
  const env = { PATH: process.env["PATH"], DOCKER_HOST: `unix://${machine.at("docker.sock")}` };
  const { stdout } = await machine.call("docker-engine.ts", "engineState", { args: [], env });
  const state = JSON.parse(stdout) as { kind: string; detail: string };
  assert.equal(state.kind, "silent");
  assert.match(state.detail, /docker daemon|docker API/i);
});

test("a user outside the group docker is told to join it", async (t) => {
  const machine = await Machine.create(t);
  const { stderr } = await machine.call("docker-engine.ts", "ensureDockerEngine", {
    asNobody: true,
    env: { PATH: process.env["PATH"] },
  });
  assert.match(
    stderr,
    /^docker engine: this user may not use it \(.*permission denied.*\); add the user to the group docker/i,
  );
});

test("its limits are looked at", async () => {
  const checks = await engineChecks();
  assert.deepEqual(
    checks.map(({ name }) => name),
    ["docker engine", "cgroups", "memory limits", "swap accounting", "disk, images"],
  );
  assert.match(checks[1]?.found ?? "", /^version [12], driver (cgroupfs|systemd)/);
});
