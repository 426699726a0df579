import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { planOf } from "../../config/environment.ts";
import { noteRun, notesRun, notesVolumeCommand } from "../../stacks/job-notes.ts";
import { localWith } from "../support/environments.ts";

const environment = localWith({});
const place = { environment, plan: planOf(environment), cgroupDriver: "systemd" as const };

test("a note is written in the batch tier, by a root without power and without a network", () => {
  assert.deepEqual(noteRun(place).options, [
    ...["--rm", "--user=0:0", "--read-only", "--cap-drop=ALL"],
    ...["--security-opt=no-new-privileges:true", "--log-driver=none"],
    ...["--cgroup-parent=plimsoll-local-batch.slice", "--oom-score-adj=600"],
    ...["--memory=128m", "--memory-swap=128m", "--cpu-shares=128", "--network=none"],
    ...["--volume=plimsoll-local-batch-data:/jobs", "--entrypoint=sh"],
  ]);
  assert.ok(notesRun(place).options.includes("--volume=plimsoll-local-batch-data:/jobs:ro"));
});

test("the volume says whose it is", () => {
  assert.deepEqual(notesVolumeCommand(environment), [
    ...["volume", "create", "--label=plimsoll.project=plimsoll"],
    ...["--label=plimsoll.environment=local", "plimsoll-local-batch-data"],
  ]);
});

test("a failed run keeps the last success, and each job has a note of its own", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-notes-"));
  t.after(() => rm(folder, { recursive: true }));
  const run = async (program: string, ...args: string[]) =>
    (await execa("sh", ["-c", program.replaceAll("/jobs", folder), "sh", ...args])).stdout;
  const { program } = noteRun(place);
  assert.equal(await run(notesRun(place).program), "");
  await run(program, "prune", "20261122T051500Z", "20261122T051507Z", "0");
  await run(program, "prune", "20261125T051500Z", "20261125T051501Z", "1");
  await run(program, "certificate", "20261125T054500Z", "-", "-");
  assert.deepEqual((await run(notesRun(place).program)).split("\n"), [
    "run certificate 20261125T054500Z - -",
    "run prune 20261125T051500Z 20261125T051501Z 1",
    "passed prune 20261122T051507Z",
  ]);
});
