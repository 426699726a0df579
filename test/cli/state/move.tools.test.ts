import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, before, beforeEach, test } from "node:test";
import { terminalReport } from "../../../cli/report.ts";
import { ensureTerraform } from "../../../cli/setup/terraform.ts";
import { terraformEnvironment } from "../../../cli/setup/terraform-environment.ts";
import { moveState } from "../../../cli/state/move.ts";
import { overviewText, stateOverview } from "../../../cli/state/overview.ts";
import { lookAtState, takeUpState } from "../../../cli/state/shared.ts";
import { openTarget } from "../../../cli/target.ts";
import { readConfig } from "../../../config/config.ts";
import type { Environment } from "../../../config/environment.ts";
import { OperatorError } from "../../../core/operator-error.ts";
import { recordedState, requireSettledState, stateId } from "../../../stacks/state-record.ts";
import { stateFolder } from "../../../stacks/target-record.ts";
import { problemsOf } from "../../support/environments.ts";
import { type StateServer, stateServer } from "../../support/state-server.ts";

/** Real Terraform, a real server for its http backend; the target is never reached. */
const TARGET = "ssh://root@203.0.113.10";
const LINEAGE = "5a9c7a7e-8c34-4c5a-9a0d-2f6a1e0b7c11";
const DATA = "/states/tiny_staging_ssh-root-203.0.113.10-22_staging-data";

let root: string;
let server: StateServer;
let variables: Readonly<Record<string, string | undefined>>;
const report = { step() {}, detail() {}, done() {}, warn() {} };

const shared = (path = "") => ({
  backend: "http",
  address: server.address.replace(/states$/, `states${path}`),
});

function environmentWith(state: object, folder = root): Environment {
  const environments = { staging: { target: TARGET, state, services: {} } };
  const [environment] = readConfig({ project: "tiny", environments }, folder);
  assert.ok(environment);
  return environment;
}

const network = (id: string) => ({
  mode: "managed",
  type: "docker_network",
  name: id,
  provider: 'provider["registry.terraform.io/kreuzwerker/docker"]',
  instances: [
    {
      schema_version: 0,
      attributes: { id, labels: [{ label: "plimsoll.state", value: "feedfacecafebeef" }] },
      sensitive_attributes: [],
    },
  ],
});

const stateOf = (serial: number, ...ids: string[]) =>
  JSON.stringify({
    ...{ version: 4, terraform_version: "1.11.4", serial, lineage: LINEAGE, outputs: {} },
    ...{ resources: ids.map(network), check_results: null },
  });

/** What an `up` of before would have left on this machine. */
async function deployedLocally(): Promise<void> {
  const folder = stateFolder(environmentWith({ backend: "local" }));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "state-id"), "feedfacecafebeef\n");
  await writeFile(join(folder, "staging-data.tfstate"), stateOf(7, "net1", "net2"));
}

const move = (environment: Environment) =>
  moveState({ environment, target: openTarget(TARGET), variables, report });

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof OperatorError) return error.message;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const idsAt = (path: string) =>
  JSON.parse(server.states.get(path) ?? "{}").resources?.map(
    (one: ReturnType<typeof network>) => one.instances[0]?.attributes.id,
  );

before(async () => {
  const { binary } = await ensureTerraform(terminalReport);
  variables = terraformEnvironment(binary, {});
});

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "plimsoll-state-"));
  server = await stateServer();
});

afterEach(async () => {
  await server.close();
  await rm(root, { recursive: true });
});

test("from this machine to a backend and back: the same resources, lineage and id, and the old place is given up", async () => {
  await deployedLocally();
  const there = environmentWith(shared());
  assert.deepEqual(
    problemsOf(() => requireSettledState(there)),
    [
      `environments.staging.state: must say where the state is, got http ${server.address}, but it is in local; ` +
        "move it with ./plimsoll state move staging, or put the config back",
    ],
  );
  const moved = await move(there);
  assert.deepEqual(moved?.stacks, [
    { stack: "staging-data", resources: 2, serial: 7, lineage: LINEAGE },
  ]);
  assert.deepEqual(idsAt(DATA), ["net1", "net2"]);
  assert.equal(JSON.parse(server.states.get(DATA) ?? "").lineage, LINEAGE);
  assert.equal(server.locks.size, 0);
  requireSettledState(there);
  assert.equal(stateId(there), "feedfacecafebeef");
  const files = await readdir(stateFolder(there));
  assert.ok(!files.includes("staging-data.tfstate"));
  const kept = join(stateFolder(there), "moved", "staging-data.tfstate");
  assert.equal(await readFile(kept, "utf8"), stateOf(7, "net1", "net2"));

  const back = environmentWith({ backend: "local" });
  assert.equal((await move(back))?.stacks.length, 1);
  assert.equal(recordedState(back)?.backend, "local");
  assert.equal(stateId(back), "feedfacecafebeef");
  const file = JSON.parse(await readFile(join(stateFolder(back), "staging-data.tfstate"), "utf8"));
  assert.deepEqual([file.lineage, file.resources.length], [LINEAGE, 2]);
});

test("whoever comes with the old config is told where the state went", async () => {
  await deployedLocally();
  await move(environmentWith(shared()));
  const second = environmentWith(shared("/other"));
  await move(second);
  const other = await mkdtemp(join(root, "other-"));
  const late = environmentWith(shared(), other);
  assert.match(
    await refusal(lookAtState({ environment: late, variables }, openTarget(TARGET))),
    /must say where the state is, got http \S+states, from where it was moved to http \S+states\/other; take over the config/,
  );
  const here = environmentWith({ backend: "local" }, other);
  assert.equal(recordedState(here), undefined);
});

test("a second operator finds the id in the state, and a backend that is empty gives all the same", async () => {
  await deployedLocally();
  const first = environmentWith(shared());
  await move(first);
  const second = environmentWith(shared(), await mkdtemp(join(root, "second-")));
  await lookAtState({ environment: second, variables }, openTarget(TARGET));
  assert.equal(stateId(second), "feedfacecafebeef");
  const [one, two] = [
    environmentWith(shared("/new"), await mkdtemp(join(root, "one-"))),
    environmentWith(shared("/new"), await mkdtemp(join(root, "two-"))),
  ];
  await lookAtState({ environment: one, variables }, openTarget(TARGET));
  assert.match(stateId(one), /^[0-9a-f]{12}$/);
  assert.equal(stateId(one), stateId(two));
});

test("a place with another state is refused, and nothing is written", async () => {
  await deployedLocally();
  server.states.set(DATA, stateOf(3, "foreign").replace(LINEAGE, "another-lineage"));
  const there = environmentWith(shared());
  assert.match(
    await refusal(move(there)),
    /state of staging-data: http \S+staging-data must be empty, got another state with 1 resources \(lineage another-lineage, serial 3\); name another place/,
  );
  assert.deepEqual(idsAt(DATA), ["foreign"]);
  assert.equal(recordedState(there)?.backend, "local");
});

test("a backend that loses what is written: told, and the old state is untouched; the next run moves it", async () => {
  await deployedLocally();
  const there = environmentWith(shared());
  server.onWrite = () => {
    throw new Error("disk full");
  };
  assert.match(
    await refusal(move(there)),
    /terraform state push must reach http \S+, got exit code/,
  );
  assert.equal(recordedState(there)?.backend, "local");
  server.onWrite = () => {};
  await move(there);
  assert.deepEqual(idsAt(DATA), ["net1", "net2"]);
});

test("a backend that gives back something else: told, and the old state is untouched", async () => {
  await deployedLocally();
  const there = environmentWith(shared());
  server.onWrite = (path) => {
    setImmediate(() => server.states.set(path, stateOf(7, "net1")));
  };
  assert.match(
    await refusal(move(there)),
    /must give back what was written \(lineage \S+, serial 7, 2 resources\), got 1 resources; the old state is untouched/,
  );
  assert.equal(recordedState(there)?.backend, "local");
});

test("a move that was interrupted after the copy is taken up again, also after another deploy", async () => {
  await deployedLocally();
  const there = environmentWith(shared());
  await move(there);
  // As if it had been ended before the old place was given up, and somebody had deployed there since.
  await rm(join(stateFolder(there), "state.json"));
  await writeFile(join(stateFolder(there), "staging-data.tfstate"), stateOf(8, "net1", "net3"));
  assert.equal((await move(there))?.stacks[0]?.serial, 8);
  assert.deepEqual(idsAt(DATA), ["net1", "net3"]);
});

test("somebody deploys at the old place while its state is moved: told, and the next run takes it along", async () => {
  await deployedLocally();
  await move(environmentWith(shared("/old")));
  const there = environmentWith(shared());
  const old = DATA.replace("/states/", "/states/old/");
  server.onWrite = (path) => {
    if (path === DATA) server.states.set(old, stateOf(30, "net1", "net2", "net3"));
  };
  assert.match(
    await refusal(move(there)),
    /state of staging-data: terraform state push must reach/,
  );
  assert.deepEqual(idsAt(old), ["net1", "net2", "net3"]);
  server.onWrite = () => {};
  await move(there);
  assert.deepEqual(idsAt(DATA), ["net1", "net2", "net3"]);
  assert.deepEqual(idsAt(old), []);
});

test("two names of one place: the state is still there after the move", async () => {
  await deployedLocally();
  const there = environmentWith(shared());
  await move(there);
  const again = { backend: "http", address: server.address.replace("127.0.0.1", "localhost") };
  const renamed = environmentWith(again);
  await move(renamed);
  assert.deepEqual(idsAt(DATA), ["net1", "net2"]);
  requireSettledState(renamed);
});

test("a lock that somebody holds is told with its id, and stops a move and a change", async () => {
  await deployedLocally();
  const there = environmentWith(shared());
  const held = {
    ID: "7a1d0f2e-0000-4000-8000-000000000001",
    ...{ Operation: "OperationTypeApply", Info: "", Who: "ann@laptop", Version: "1.11.4" },
    ...{ Created: "2026-01-31T12:00:00.5Z", Path: "" },
  };
  server.locks.set(DATA, JSON.stringify(held));
  const told =
    /environments\.staging\.state: one change at a time, got staging-data locked by another run; wait for it, or if that run is dead, free it with terraform -chdir=\S+ force-unlock 7a1d0f2e-/;
  assert.match(await refusal(move(there)), told);
  server.locks.clear();
  await move(there);
  server.locks.set(DATA, JSON.stringify(held));
  const access = { environment: there, variables };
  assert.match(await refusal(takeUpState(access, openTarget(TARGET))), told);
  const overview = overviewText(await stateOverview(access, openTarget(TARGET)));
  assert.match(overview, /staging-data +2 +\d+ +another run +http http:/);
  assert.match(overview, /staging-host +0 +- +free +http http:/);
});

test("credentials that are in the environment are in no file", async () => {
  await deployedLocally();
  const there = environmentWith(shared());
  const secret = { TF_HTTP_USERNAME: "ann", TF_HTTP_PASSWORD: "correct-horse-battery" };
  await moveState({
    ...{ environment: there, target: openTarget(TARGET), report },
    variables: { ...variables, ...secret },
  });
  const files = await readdir(root, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map((file) => readFile(join(file.parentPath, file.name), "utf8"));
  assert.ok(texts.length > 4);
  for (const content of await Promise.all(texts)) assert.ok(!content.includes("correct-horse"));
});
