import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { forgetBackends } from "../../../cli/state/forget.ts";
import { localWith } from "../../support/environments.ts";

test("Terraform forgets the backends of the environment's stacks, and of no other's", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "plimsoll-forget-"));
  t.after(() => rm(root, { recursive: true }));
  const stacks = ["local-data", "staging-data"].map((stack) =>
    join(root, "cdktf.out", "stacks", stack, ".terraform"),
  );
  for (const folder of stacks) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "terraform.tfstate"), "{}");
    await writeFile(join(folder, "environment"), "default");
  }
  await forgetBackends({ ...localWith({}), root });
  const left = await Promise.all(stacks.map((folder) => readdir(folder)));
  assert.deepEqual(left, [["environment"], ["environment", "terraform.tfstate"]]);
});
