import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { execa } from "execa";
import { flagIn } from "../../../cli/verify/heap.ts";

const script = await readFile(new URL("../../../cli/verify/heap.sh", import.meta.url), "utf8");

test("the last flag counts, written with dashes or underscores", () => {
  const told = "--max-old-space-size=212 --max-semi-space-size=8\n--max_old_space_size=100";
  assert.equal(flagIn(told, "max-old-space-size"), "100");
  assert.equal(flagIn(told, "max-semi-space-size"), "8");
  assert.equal(flagIn(told, "max-heap-size"), undefined);
});

test("the flags of a running Node are read: its variables' first, then its own", async (t) => {
  // A place where it is the only one, as it is in its container.
  const program = "setInterval(() => console.log('up'), 100)";
  const node = `exec ${process.execPath} --max-old-space-size=100 --expose-gc -e "${program}"`;
  const inside = `mount -t proc proc /proc && ${node}`;
  const options = { reject: false, env: { NODE_OPTIONS: "--max-old-space-size=212" } };
  const args = ["--pid", "--mount", "--fork", "--kill-child", "sh", "-c", inside];
  const run = execa("unshare", args, options);
  t.after(() => run.kill("SIGKILL"));
  const first = await Promise.race([run, once(run.stdout, "data")]);
  if ("exitCode" in first) return t.skip("namespaces of processes can be made by root alone");
  const [pid = ""] = (await execa("pgrep", ["--parent", String(run.pid)])).stdout.split("\n");
  const enter = ["--target", pid, "--pid", "--mount", "sh", "-c", script];
  const { stdout } = await execa("nsenter", enter);
  assert.equal(stdout, "--max-old-space-size=212\n--max-old-space-size=100\n--expose-gc\n-e");
});
