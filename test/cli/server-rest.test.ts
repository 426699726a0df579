import assert from "node:assert/strict";
import { test } from "node:test";
import { requireUnneededDocker, serverRest } from "../../cli/server-rest.ts";
import { openTarget, type Target } from "../../cli/target.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { localWith, problemsOf } from "../support/environments.ts";

const SERVER = "ssh://root@203.0.113.10";
const environment = localWith({ target: SERVER, port: 80, host: {} });
const OURS = "plimsoll\tlocal";

interface Holds {
  readonly packages: string;
  readonly containers: string;
  /** Name and labels of each. */
  readonly volumes: readonly string[];
}

function targetWith({ packages, containers, volumes }: Holds): Target {
  const answer = (stdout: string) => Promise.resolve({ stdout });
  const docker = ([verb = "", , format]: readonly string[]) => {
    if (verb === "ps") return answer(containers);
    const lines = format === "--quiet" ? volumes.map((line) => line.split("\t")[0]) : volumes;
    return answer(lines.join("\n"));
  };
  const target = { ...openTarget(SERVER), run: () => answer(packages), docker };
  return target as unknown as Target;
}

async function refusal(holds: Holds, volumes: boolean): Promise<string | undefined> {
  try {
    await requireUnneededDocker({ environment, target: targetWith(holds), volumes });
  } catch (error) {
    assert.ok(error instanceof OperatorError, String(error));
    return error.message;
  }
  return undefined;
}

const HOLDS: Holds = {
  packages: "containerd\ndocker.io\n",
  containers: `plimsoll-local-nginx\t${OURS}`,
  volumes: [`plimsoll-local-postgres-data\t${OURS}`],
};

test("nothing is asked for by default, and a server that is not Plimsoll's keeps what it has", () => {
  assert.equal(serverRest(environment, { swap: false, packages: false }), undefined);
  assert.equal(serverRest(environment, { swap: true, packages: false })?.swap, true);
  assert.deepEqual(
    problemsOf(() => serverRest(localWith({}), { swap: true, packages: false })),
    [
      "environments.local.host: must say that the server is Plimsoll's before its swap or packages go, got no host key or no ssh target; leave --swap and --packages out",
    ],
  );
});

test("what goes with the environment does not stand in Docker's way", async () => {
  assert.equal(await refusal(HOLDS, true), undefined);
});

test("data that stays does, and is told with the lines that save Docker or remove it", async () => {
  assert.equal(
    await refusal(HOLDS, false),
    "environments.local: Docker must hold nothing else before it goes, got plimsoll-local-postgres-data; " +
      "leave --packages out, or take the environment down without it, save what you need, and remove the rest: " +
      `ssh ${SERVER} 'docker volume rm plimsoll-local-postgres-data'`,
  );
});

test("backups and what is somebody else's do too, whatever is asked for", async () => {
  const holds = {
    ...HOLDS,
    containers: `${HOLDS.containers}\nshop\t\t`,
    volumes: [...HOLDS.volumes, `plimsoll-local-postgres-backups\t${OURS}`, "sales\t\t"],
  };
  assert.match(
    (await refusal(holds, true)) ?? "",
    /got shop, plimsoll-local-postgres-backups, sales; .*'docker rm --force shop && docker volume rm plimsoll-local-postgres-backups sales'$/,
  );
});

test("a Docker that was there before Plimsoll stays, so it may hold anything", async () => {
  assert.equal(await refusal({ ...HOLDS, packages: "nftables\n" }, false), undefined);
});
