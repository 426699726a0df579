import assert from "node:assert/strict";
import { test } from "node:test";
import { documents } from "../../../cli/docs/documents.ts";
import { stale } from "../../../cli/generated.ts";
import { ROOT } from "../../support/environments.ts";

test("the documents say what the schema says and the commands print", async () => {
  const old = await stale(await documents(ROOT), ROOT);
  assert.deepEqual(old, [], "these have fallen behind; run ./plimsoll docs");
});
