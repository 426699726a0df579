import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { benchCgroup } from "../../../bench/cgroup.ts";
import { BackendContainer } from "../../../bench/overload/backend/container.ts";
import { bundlePrograms } from "../../../bench/overload/programs.ts";
import { ensureImages } from "../../../cli/images/build.ts";
import { terminalReport } from "../../../cli/report.ts";
import { runtimeImages } from "../../../images/runtime.ts";
import { freePort } from "../../support/free-ports.ts";

const MIB = 2 ** 20;

test("a run counts the deaths of its own backend, not the end of the one before of that name", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "bench-backend-"));
  t.after(() => rm(folder, { recursive: true }));
  await bundlePrograms(folder);
  const { node } = runtimeImages("debian");
  await ensureImages([node], terminalReport);
  const options = {
    ...{ name: `bench-test-${randomBytes(3).toString("hex")}`, image: node.reference, folder },
    ...{ port: await freePort(), cgroupParent: await benchCgroup("test") },
  };
  const first = await BackendContainer.start(options);
  await first.end();
  const second = await BackendContainer.start(options);
  t.after(() => second.end());
  assert.deepEqual(await second.deaths(), { outOfMemory: 0, other: 0 });
  await second.setForeign(1024 * MIB);
  assert.deepEqual(await second.deaths(), { outOfMemory: 1, other: 0 });
});
