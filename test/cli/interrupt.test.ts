import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { execa } from "execa";

const MODULE = new URL("../../cli/interrupt.ts", import.meta.url).href;
const RUN_TIMEOUT_MS = 60_000;

/** Stands for `up`: minds a parent with one child, as cdktf has its Terraform. */
const UP = `
  const { spawn } = await import("node:child_process");
  const { once } = await import("node:events");
  const { handleInterrupts, interruptible } = await import("${MODULE}");
  handleInterrupts();
  const parent = spawn("bash", ["-c", process.env.PARENT], { stdio: ["ignore", "inherit", "inherit"], detached: true });
  const wasInterrupted = await interruptible(parent.pid, () => once(parent, "exit"));
  console.log("interrupted: " + wasInterrupted + ", parent ended by " + parent.signalCode);
`;
const PARENT = `trap 'echo parent-interrupted' INT; bash -c "$CHILD"; echo parent-ended`;
const LOOP = "echo ready; while :; do sleep 0.05; done";
const PATIENT = `trap 'echo child-saved; exit 0' INT; ${LOOP}`;
const DEAF = `trap 'echo child-deaf' INT; ${LOOP}`;

function start(code: string, child: string) {
  const args = ["--import", "tsx", "--input-type=module", "--eval", code];
  const env = { PARENT, CHILD: child };
  const run = execa(process.execPath, args, {
    ...{ all: true, reject: false, timeout: RUN_TIMEOUT_MS, env },
  });
  let output = "";
  run.all.on("data", (bytes: Buffer) => {
    output += bytes;
  });
  /** Resolves when the output has such a line; fails when it ends without one. */
  const line = async (text: string) => {
    const over = run.then(() => "over");
    while (!output.includes(text)) {
      const next = await Promise.race([once(run.all, "data"), over]);
      assert.ok(next !== "over" || output.includes(text), `no ${text} in:\n${output}`);
    }
  };
  return { run, line };
}

test("the first Ctrl-C reaches the child alone, which ends when it has saved", async () => {
  const { run, line } = start(UP, PATIENT);
  await line("ready");
  run.kill("SIGINT");
  const { all, exitCode } = await run;
  const lines = String(all).split("\n");
  assert.ok(lines.includes("child-saved"), String(all));
  assert.ok(lines.includes("parent-ended"), String(all));
  assert.ok(!lines.includes("parent-interrupted"), String(all));
  assert.ok(lines.includes("interrupted: true, parent ended by null"), String(all));
  assert.equal(exitCode, 0);
});

test("the second one ends both at once", async () => {
  const { run, line } = start(UP, DEAF);
  await line("ready");
  run.kill("SIGINT");
  await line("child-deaf");
  run.kill("SIGINT");
  const { all } = await run;
  assert.ok(String(all).includes("interrupted: true, parent ended by SIGKILL"), String(all));
});

test("with nothing under way, Ctrl-C ends the program by its exit handlers", async () => {
  const code = `
    const { handleInterrupts } = await import("${MODULE}");
    handleInterrupts();
    process.on("exit", () => console.log("lock freed"));
    setInterval(() => {}, 1000);
    console.log("ready");
  `;
  const { run, line } = start(code, "");
  await line("ready");
  run.kill("SIGINT");
  const { exitCode, all } = await run;
  assert.equal(exitCode, 130);
  assert.match(String(all), /lock freed/);
});
