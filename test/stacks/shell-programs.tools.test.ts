import assert from "node:assert/strict";
import { test } from "node:test";
import { execa } from "execa";
import { batchProgram } from "../../stacks/batch-program.ts";
import { bundleWith } from "../support/host.ts";
import { shellcheck } from "../support/tools.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me@laptop";
const TLS = { certificate: "/etc/tls/cert.pem", key: "/etc/tls/key.pem" };
const JOBS = ["backup", "drill", "prune", "certificate"] as const;

/** What shellcheck says of a program for `shell`; nothing where it is sound. */
async function saidOf(shell: "sh" | "bash", program: string): Promise<string> {
  const args = [`--shell=${shell}`, "-"];
  const { stdout } = await execa(await shellcheck(), args, { input: program, reject: false });
  return stdout;
}

test("shellcheck finds what is unsound", async () => {
  assert.match(await saidOf("sh", "rm $1\n"), /SC2086/);
});

test("shellcheck has nothing to say of the host bundle", async () => {
  const { script } = bundleWith({ deployUser: { name: "deploy", keys: [KEY] } });
  assert.equal(await saidOf("sh", script), "");
});

/** Of the program of a job, those that its containers run. */
function innerPrograms(script: string): string[] {
  const found = script.matchAll(/<<'END_OF_PROGRAM'\n([\s\S]*?)\nEND_OF_PROGRAM/g);
  return [...found].map(([, program = ""]) => program);
}

for (const repository of ["/mnt/backups", "s3:https://s3.example.com/bucket"]) {
  test(`shellcheck has nothing to say of what goes to ${repository}`, async () => {
    const patch = { services: { postgres: { offsite: { repository } } } };
    const { files } = bundleWith({}, patch);
    for (const job of ["backup", "drill"]) {
      const script = files.find(({ path }) => path === `/etc/plimsoll/${job}.sh`)?.content ?? "";
      assert.equal(await saidOf("sh", script), "");
      const inner = innerPrograms(script);
      assert.equal(inner.length, 2);
      for (const program of inner) assert.equal(await saidOf("bash", program), "");
    }
  });
}

test("shellcheck has nothing to say of what lists and fetches copies", async () => {
  const programs = [batchProgram(["offsite", "copies"]), batchProgram(["offsite", "fetch"])];
  for (const program of programs) assert.equal(await saidOf("bash", program), "");
});

for (const job of JOBS) {
  test(`shellcheck has nothing to say of what ${job} runs, here and in its container`, async () => {
    const { files } = bundleWith({}, { tls: TLS });
    const script = files.find(({ path }) => path === `/etc/plimsoll/${job}.sh`)?.content ?? "";
    const inner = innerPrograms(script);
    assert.equal(inner.length, job === "certificate" ? 2 : 1);
    assert.equal(await saidOf("sh", script), "");
    const shell = job === "backup" || job === "drill" ? "bash" : "sh";
    for (const program of inner) assert.equal(await saidOf(shell, program), "");
  });
}
