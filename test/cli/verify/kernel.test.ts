import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { execa } from "execa";

const script = await readFile(new URL("../../../cli/verify/kernel.sh", import.meta.url), "utf8");

/** Runs the script on `pairs`, after `before` has been read by the same shell. */
function look(pairs: readonly string[], before = "") {
  return execa("sh", ["-s", "--", ...pairs], { input: `${before}\n${script}`, reject: false });
}

test("a process that ends while it is looked at is left out, and no error", async () => {
  const gone = 'cat() { case $1 in */oom_score_adj) return 1 ;; *) command cat "$1" ;; esac; }';
  const { exitCode, stdout } = await look(["self", String(process.ppid)], gone);
  assert.equal(exitCode, 0);
  assert.doesNotMatch(stdout, /\tprocess\t/);
});

test("a container that ended has no lines, least of all those of the group above", async () => {
  const child = spawn("true");
  await once(child, "exit");
  const { exitCode, stdout } = await look(["ended", String(child.pid)]);
  assert.deepEqual([exitCode, stdout], [0, ""]);
});
