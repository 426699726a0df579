import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { leftovers, leftoversRemoval, leftoversText } from "../../cli/leftovers.ts";
import { requireOwnState } from "../../cli/state.ts";
import { openTarget, type Target } from "../../cli/target.ts";
import type { Environment } from "../../config/environment.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { stateFolder, stateId } from "../../stacks/target-record.ts";
import { localWith } from "../support/environments.ts";

const SERVER = "ssh://root@203.0.113.10:2222";
let root: string;
let environment: Environment;

before(async () => {
  root = await mkdtemp(join(tmpdir(), "plimsoll-leftovers-"));
  environment = { ...localWith({}), root };
});
after(() => rm(root, { recursive: true }));

const inspected = (name: string, state: string) => ({
  ...{ Id: name, Name: `/plimsoll-local-${name}`, RestartCount: 0 },
  State: { Status: "running", OOMKilled: false, StartedAt: "2026-01-01T00:00:00Z" },
  Config: { Labels: { "plimsoll.state": state } },
  HostConfig: { Memory: 0 },
});

/** A target that has these containers and networks, each with the state that made it. */
function targetWith(
  name: string,
  containers: readonly [name: string, state: string][],
  networks: readonly [name: string, state: string][],
): Target {
  const answers: Record<string, string> = {
    ps: containers.map(([one]) => one).join("\n"),
    inspect: JSON.stringify(containers.map(([one, state]) => inspected(one, state))),
    network: networks.map(([one, state]) => `plimsoll-local-${one}\t${state}\n`).join(""),
  };
  const docker = ([verb = ""]: readonly string[]) => Promise.resolve({ stdout: answers[verb] });
  return { ...openTarget(name), docker: docker as unknown as Target["docker"] };
}

async function refusal(target: Target): Promise<string> {
  const error = await requireOwnState(environment, target).catch((each: unknown) => each);
  assert.ok(error instanceof OperatorError, String(error));
  return error.message;
}

test("what this state made is not left over", async () => {
  const own = stateId(environment);
  const target = targetWith("local", [["guard", own]], [["edge", own]]);
  assert.deepEqual(await leftovers(environment, target), { containers: [], networks: [] });
  await requireOwnState(environment, target);
});

test("containers and networks of a state that is gone are told, with the line that removes them", async () => {
  const own = stateId(environment);
  const target = targetWith(
    "local",
    [
      ["guard", "0000"],
      ["nginx", "0000"],
    ],
    [
      ["edge", "0000"],
      ["app", own],
    ],
  );
  assert.equal(
    await refusal(target),
    "environments.local: must be deployed from one state, got 2 containers and 1 network on local that another state made (plimsoll-local-guard); " +
      `copy ${stateFolder(environment)} from the machine that deployed them, or take them away there with ./plimsoll down local, which keeps the data; ` +
      "where that state is lost, this keeps the data too: docker stop plimsoll-local-guard plimsoll-local-nginx && docker rm plimsoll-local-guard plimsoll-local-nginx && docker network rm plimsoll-local-edge",
  );
});

test("networks alone are told too: Terraform would only say that they exist", async () => {
  const networks: [string, string][] = [
    ["edge", "0000"],
    ["data", ""],
  ];
  const message = await refusal(targetWith("local", [], networks));
  assert.match(message, /got 2 networks on local that another state made \(plimsoll-local-data\);/);
  assert.match(message, /too: docker network rm plimsoll-local-data plimsoll-local-edge$/);
});

test("the line for a server goes there by ssh", () => {
  const found = { containers: ["p-live-redis"], networks: ["p-live-data"] };
  assert.equal(leftoversText(found), "1 container and 1 network");
  assert.equal(
    leftoversRemoval(openTarget(SERVER), found),
    `ssh ${SERVER} 'docker stop p-live-redis && docker rm p-live-redis && docker network rm p-live-data'`,
  );
});
