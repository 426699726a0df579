import assert from "node:assert/strict";
import { test } from "node:test";
import { holderText, lockHolder, lockProblem } from "../../../cli/state/lock-holder.ts";

const told = (message: string) => `
Error: Error acquiring the state lock

Error message: ${message}
Lock Info:
  ID:        7a1d0f2e-0000-4000-8000-000000000001
  Path:      plimsoll/plimsoll/production/ssh-root-chat.example.com-22/production-data.tfstate
  Operation: OperationTypeApply
  Who:       ann@laptop
  Version:   1.11.4
  Created:   2026-01-31 12:00:00.5 +0000 UTC
  Info:      

Terraform acquires a state lock to protect the state from being written
by multiple users at the same time.
`;

const S3 = told(
  "operation error S3: PutObject, https response error StatusCode:\n412, api error PreconditionFailed",
);

test("who holds a lock is read out of Terraform's words, and told with the way out", () => {
  const holder = lockHolder(S3);
  assert.deepEqual(holder, {
    id: "7a1d0f2e-0000-4000-8000-000000000001",
    who: "ann@laptop",
    operation: "OperationTypeApply",
    created: "2026-01-31 12:00:00",
  });
  assert.equal(
    lockProblem({
      ...{ environment: "production", stack: "production-data", folder: "/srv/x" },
      holder: holder ?? {},
    }),
    "environments.production.state: one change at a time, got production-data locked by ann@laptop since 2026-01-31 12:00:00 UTC (OperationTypeApply); " +
      "wait for it, or if that run is dead, free it with terraform -chdir=/srv/x force-unlock 7a1d0f2e-0000-4000-8000-000000000001",
  );
});

test("as cdktf shows it, with a frame", () => {
  const framed = S3.split("\n").map((line) => `            │ ${line}`);
  assert.equal(lockHolder(framed.join("\n"))?.who, "ann@laptop");
});

test("where a backend does not tell who, Terraform's words are about ourselves", () => {
  assert.deepEqual(lockHolder(told("Workspace is already locked: default")), {});
  assert.deepEqual(lockHolder(told("Already locked for workspace creation: default")), {});
  assert.deepEqual(lockHolder(told("HTTP remote state already locked:\nID=0f2e7a1d-1")), {
    id: "0f2e7a1d-1",
  });
  assert.equal(holderText({}), "another run");
});

test("other words are of no lock", () => {
  assert.equal(lockHolder("Error: Failed to get existing workspaces: Who: knows"), undefined);
});
