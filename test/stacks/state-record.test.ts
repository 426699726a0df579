import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { readConfig } from "../../config/config.ts";
import type { Environment } from "../../config/environment.ts";
import {
  localStacks,
  recordedState,
  recordState,
  requireSettledState,
  stateId,
} from "../../stacks/state-record.ts";
import { stateFolder } from "../../stacks/target-record.ts";
import { problemsOf } from "../support/environments.ts";

let root: string;

function environmentWith(state: object): Environment {
  const staging = { target: "ssh://root@203.0.113.10", state, services: {} };
  const [environment] = readConfig({ environments: { staging } }, root);
  assert.ok(environment);
  return environment;
}

async function localState(resources: readonly object[]): Promise<void> {
  const folder = stateFolder(environmentWith({ backend: "local" }));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "staging-data.tfstate"), JSON.stringify({ resources }));
}

const S3 = { backend: "s3", bucket: "b", region: "r" };

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "plimsoll-record-"));
});

afterEach(() => rm(root, { recursive: true }));

test("a state that is on this machine, and in use, binds the config to it", async () => {
  await localState([{}]);
  requireSettledState(environmentWith({ backend: "local" }));
  assert.deepEqual(
    problemsOf(() => requireSettledState(environmentWith(S3))),
    [
      "environments.staging.state: must say where the state is, got s3 b, but it is in local; " +
        "move it with ./plimsoll state move staging, or put the config back",
    ],
  );
  assert.deepEqual(localStacks(environmentWith(S3)), ["staging-data"]);
});

test("an environment that is down, and one that never was up, may begin anywhere", async () => {
  requireSettledState(environmentWith(S3));
  await localState([]);
  requireSettledState(environmentWith(S3));
  assert.equal(recordedState(environmentWith(S3)), undefined);
});

test("a shared state binds the config too, but not to the way there", () => {
  assert.equal(recordState(environmentWith(S3), "feed"), true);
  assert.equal(recordState(environmentWith(S3), "feed"), false);
  requireSettledState(environmentWith({ ...S3, profile: "ops" }));
  for (const state of [{ ...S3, bucket: "c" }, { backend: "local" }]) {
    assert.equal(problemsOf(() => requireSettledState(environmentWith(state))).length, 1);
  }
});

test("a local state's id is random and stays; a shared one's is its place's, until somebody has looked", async () => {
  const local = environmentWith({ backend: "local" });
  const random = stateId(local);
  assert.match(random, /^[0-9a-f]{16}$/);
  assert.equal(stateId(local), random);
  const first = stateId(environmentWith(S3));
  assert.match(first, /^[0-9a-f]{12}$/);
  assert.notEqual(stateId(environmentWith({ ...S3, bucket: "c" })), first);
  recordState(environmentWith(S3), "feed");
  assert.equal(stateId(environmentWith(S3)), "feed");
  assert.equal(await readFile(join(stateFolder(local), "state-id"), "utf8"), "feed\n");
});
