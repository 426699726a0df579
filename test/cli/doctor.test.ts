import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { checksText } from "../../cli/doctor.ts";
import { note, ok, problem } from "../../cli/setup/check.ts";
import { limitChecks } from "../../cli/setup/engine-checks.ts";
import { nodeCheck, packagesCheck } from "../../cli/setup/machine-checks.ts";
import { Machine } from "./setup/support/machine.ts";

interface Found {
  readonly name: string;
  readonly state: string;
  readonly fix?: string;
}

const doctor = (machine: Machine, json: boolean) =>
  machine.call("../doctor.ts", "doctor", { args: [{ json }], asNobody: true });

test("on a machine with nothing it names each thing and its fix, and changes nothing", async (t) => {
  const machine = await Machine.create(t);
  const { exitCode, stdout } = await doctor(machine, true);
  assert.equal(exitCode, 1);
  const checks = JSON.parse(stdout.slice(0, stdout.lastIndexOf("]") + 1)) as Found[];
  assert.deepEqual(
    checks.map(({ name }) => name),
    [
      "node",
      "node packages",
      "docker engine",
      "terraform",
      "docker provider",
      "image registry",
      "ssh client",
      "disk, cache",
    ],
  );
  const find = (name: string) => checks.find((check) => check.name === name);
  assert.equal(find("node")?.state, "ok");
  assert.equal(
    find("docker engine")?.fix,
    "install and start Docker Engine 20.10 or newer, as root (this user is not root)",
  );
  assert.equal(find("terraform")?.fix, "./plimsoll up downloads it into your cache folder");
  assert.equal(find("ssh client")?.state, "note");
  assert.deepEqual(await readdir(machine.at("cache")), []);
});

test("prints a line for each check, the fix under it, and the verdict", () => {
  assert.equal(
    checksText([
      ok("node", "24.1.0"),
      note("image registry", "does not answer"),
      problem("terraform", "none", "install it"),
    ]),
    `✓ node             24.1.0
! image registry   does not answer
✗ terraform        none
                   → install it

1 problem; each with its fix`,
  );
  assert.match(checksText([ok("node", "24.1.0")]), /\n\nready: \.\/plimsoll up$/);
});

test("an engine that cannot hold limits is a problem", () => {
  const info = {
    CgroupVersion: "1",
    CgroupDriver: "cgroupfs",
    MemoryLimit: true,
    SwapLimit: false,
    DockerRootDir: "/var/lib/docker",
  };
  assert.deepEqual(
    limitChecks(info).map(({ name, state }) => [name, state]),
    [
      ["cgroups", "note"],
      ["memory limits", "ok"],
      ["swap accounting", "problem"],
    ],
  );
  const modern = { ...info, CgroupVersion: "2", CgroupDriver: "systemd", SwapLimit: true };
  assert.deepEqual(
    limitChecks(modern).map(({ state }) => state),
    ["ok", "ok", "ok"],
  );
});

test("knows an old Node, and packages that are as locked", async () => {
  assert.equal(nodeCheck("20.11.1").state, "problem");
  assert.equal(nodeCheck("20.12.0").state, "ok");
  assert.equal((await packagesCheck()).state, "ok");
});
