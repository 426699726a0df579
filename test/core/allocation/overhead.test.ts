import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryMapOf } from "../../../config/environment.ts";
import { localWith } from "../../support/environments.ts";

/** MiB of the batch tier on a server of so much memory. */
function batchMib(memory: `${number}MiB`, offsite?: { repository: string }) {
  const environment = localWith({ server: { memory }, services: { postgres: { offsite } } });
  const line = memoryMapOf(environment).lines.find(({ who }) => who === "batch");
  return (line?.limitBytes ?? 0) / 1_048_576;
}

test("the batch tier has room for restic where backups are copied elsewhere, and only there", () => {
  const offsite = { repository: "/mnt/backups" };
  assert.deepEqual([batchMib("970MiB"), batchMib("970MiB", offsite)], [48, 112]);
  assert.deepEqual([batchMib("1950MiB"), batchMib("1950MiB", offsite)], [128, 128]);
});
