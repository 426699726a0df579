import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type TestContext, test } from "node:test";
import { execa } from "execa";
import { shellText } from "../../cli/env.ts";
import { Machine } from "./setup/support/machine.ts";

const PLATFORM = `${process.platform}_${process.arch === "x64" ? "amd64" : "arm64"}`;
const PROVIDER = `registry.terraform.io/kreuzwerker/docker/4.6.0/${PLATFORM}/terraform-provider-docker_v4.6.0`;
const TERRAFORM = `echo '{ "terraform_version": "1.11.4" }'`;

async function machineWithProvider(t: TestContext): Promise<Machine> {
  const machine = await Machine.create(t);
  const provider = machine.at("cache/plimsoll/terraform/providers", PROVIDER);
  await mkdir(dirname(provider), { recursive: true });
  await writeFile(provider, "");
  await chmod(provider, 0o755);
  return machine;
}

async function env(machine: Machine): Promise<string> {
  const { stdout, stderr } = await machine.call("../env.ts", "env");
  assert.equal(stderr, "");
  return JSON.parse(stdout) as string;
}

test("what a shell evaluates is what was meant", async () => {
  const value = `it's "a" $HOME \`x\` \\ and\na line`;
  const text = shellText({ PLAIN: "a", HARD: value, GONE: undefined });
  const print = 'printf "%s|%s|" "$PLAIN" "$HARD"; printenv GONE || printf unset';
  const { stdout } = await execa("/bin/sh", ["-c", `${text}\n${print}`], { env: { GONE: "here" } });
  assert.equal(stdout, `a|${value}|unset`);
});

test("names the mirror and nothing more where terraform is in PATH", async (t) => {
  const machine = await machineWithProvider(t);
  await machine.program("terraform", TERRAFORM);
  const base = machine.at("cache/plimsoll/terraform");
  assert.equal(
    await env(machine),
    `export CHECKPOINT_DISABLE='1'
export CDKTF_DISABLE_PLUGIN_CACHE_ENV='1'
export TF_CLI_CONFIG_FILE='${base}/cli.tfrc'
export TF_CLI_ARGS_providers_lock='-fs-mirror=${base}/providers'`,
  );
});

test("names tofu to cdktf where that is what there is", async (t) => {
  const machine = await machineWithProvider(t);
  await machine.program("tofu", TERRAFORM);
  assert.match(await env(machine), /^export TERRAFORM_BINARY_NAME='tofu'$/m);
});

test("puts a cached terraform into PATH, so that a shell finds it by its name", async (t) => {
  const machine = await machineWithProvider(t);
  await machine.program("terraform", TERRAFORM, "cache/plimsoll/terraform/1.11.4");
  const text = await env(machine);
  const script = `${text}\n${text}\ncommand -v terraform; echo "$PATH"`;
  const { stdout } = await execa("/bin/sh", ["-c", script], { env: { PATH: "/usr/bin:/bin" } });
  const folder = machine.at("cache/plimsoll/terraform/1.11.4");
  assert.equal(stdout, `${folder}/terraform\n${folder}:${machine.at("bin")}`);
});
