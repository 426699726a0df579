import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { execa } from "execa";
import { deliver } from "../../cli/images/deliver.ts";
import { liveNotes } from "../../cli/jobs/live.ts";
import { terminalReport } from "../../cli/report.ts";
import { planOf } from "../../config/environment.ts";
import type { CgroupDriver } from "../../core/cgroup.ts";
import { pruneScript } from "../../stacks/prune-job.ts";
import { folderWith } from "../images/container.ts";
import { type SecondEngine, startSecondEngine } from "../images/second-engine.ts";
import { localWith } from "../support/environments.ts";
import { testImages } from "../support/images.ts";

const TIMEOUT_MS = 300_000;
const API = "registry.example.com/acme/api";
const KEEP = 2;
const OURS = "LABEL plimsoll.image=chat";

/** What puts an image of its own content on the engine, and tells its id. */
const putter = (t: TestContext, engine: SecondEngine) => async (name: string, label?: string) => {
  const folder = await folderWith(t, { content: `${name} ${Math.random()}` });
  const tar = await execa("tar", ["-c", "-C", folder, "content"], { encoding: "buffer" });
  const labelled = label ? ["--change", label] : [];
  const imported = await engine.docker(["import", ...labelled, "-", name], { input: tar.stdout });
  return String(imported.stdout).trim();
};

async function lines(engine: SecondEngine, ...args: string[]): Promise<string[]> {
  const { stdout } = await engine.docker(args);
  return String(stdout).split("\n").filter(Boolean).sort();
}

const cacheRecords = async (engine: SecondEngine) =>
  (await lines(engine, "system", "df", "--format={{.Type}} {{.TotalCount}}")).find((line) =>
    line.startsWith("Build Cache"),
  );

test("images beyond the newest go, with the build cache; used ones and those of others stay", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const { nginx } = await testImages();
  const engine = await startSecondEngine(t);
  const put = putter(t, engine);
  await deliver([nginx], engine, terminalReport);
  await engine.docker(["create", "--name=plimsoll-local-nginx", nginx]);

  for (const tag of [1, 2, 3, 4, 5]) await put(`plimsoll/chat:${tag}`, OURS);
  await engine.docker(["create", "--name=old", "plimsoll/chat:1", "/content"]);
  const leftOver = await put("plimsoll/chat:6", OURS);
  await put("plimsoll/chat:6", OURS);
  for (const tag of [1, 2, 3]) await put(`${API}:${tag}`);
  for (const tag of [1, 2, 3, 4]) await put(`theirs/built-on-ours:${tag}`, OURS);
  for (const tag of [1, 2, 3, 4]) await put(`plimsoll/unlabelled:${tag}`);
  const theirs = await put("theirs/app:1");
  await put("theirs/app:1");

  const context = await folderWith(t, {
    Dockerfile: "FROM scratch\nCOPY below /below\n",
    below: "x",
  });
  await engine.docker(["build", "--quiet", "--tag=theirs/built:1", context]);
  t.diagnostic(`before: ${await cacheRecords(engine)}`);

  const services = { chat: { build: null, image: `${API}:3` } };
  const environment = localWith({ services } as Parameters<typeof localWith>[0]);
  const [cgroupDriver] = (await lines(engine, "info", "--format={{.CgroupDriver}}")) as [
    CgroupDriver,
  ];
  const place = { environment, plan: planOf(environment), cgroupDriver };
  const head = { name: "prune", what: "prune", key: "host.jobs.prune" };
  const file = join(await folderWith(t, {}), "prune.sh");
  await writeFile(file, pruneScript(place, head, KEEP));
  const run = await engine.run(["sh", file], { reject: false });
  assert.equal(run.exitCode, 0, String(run.stderr));

  const kept = await lines(engine, "image", "ls", "--format={{.Repository}}:{{.Tag}}");
  assert.deepEqual(
    kept.filter((name) => name !== nginx && !name.includes("<none>")),
    [
      ...["plimsoll/chat:1", "plimsoll/chat:5", "plimsoll/chat:6"],
      ...["plimsoll/unlabelled:1", "plimsoll/unlabelled:2", "plimsoll/unlabelled:3"],
      ...["plimsoll/unlabelled:4", `${API}:2`, `${API}:3`, "theirs/app:1"],
      ...[1, 2, 3, 4].map((tag) => `theirs/built-on-ours:${tag}`),
      "theirs/built:1",
    ],
  );
  const unnamed = await lines(
    engine,
    "image",
    "ls",
    "--no-trunc",
    "--format={{.ID}}",
    "--filter=dangling=true",
  );
  assert.ok(unnamed.includes(theirs), "somebody else's image without a name");
  assert.ok(!unnamed.includes(leftOver), "an image of ours without a name");
  assert.equal(await cacheRecords(engine), "Build Cache 0");

  const [note] = (await liveNotes(place, engine, ["prune"])) ?? [];
  assert.equal(note?.lastRun?.exitCode, 0);
  const again = await engine.run(["sh", file], { reject: false });
  assert.equal(again.exitCode, 0, String(again.stderr));
  assert.deepEqual(await lines(engine, "image", "ls", "--format={{.Repository}}:{{.Tag}}"), kept);
});
