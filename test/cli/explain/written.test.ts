import assert from "node:assert/strict";
import { test } from "node:test";
import { budgetFiles } from "../../../cli/explain.ts";
import { stale } from "../../../cli/generated.ts";
import { planOf } from "../../../config/environment.ts";
import { loadConfig } from "../../../config/load.ts";
import { ROOT } from "../../support/environments.ts";

test("the budgets of the shipped environments are kept as the config says", async () => {
  const environments = await loadConfig(ROOT);
  const files = environments.flatMap((environment) =>
    budgetFiles(environment, planOf(environment)),
  );
  assert.equal(files.length, 6);
  assert.deepEqual(await stale(files, ROOT), [], "run ./plimsoll explain --write");
});
