import assert from "node:assert/strict";
import test from "node:test";
import { readSettings } from "../../guard/settings.ts";
import { settingsFields } from "../../guard/settings-fields.ts";

test("names every setting in snake case, and the sum of the permits", () => {
  const settings = readSettings({ GUARD_BACKENDS: "a=http://a:1,b=http://b:1;concurrency=4" });
  const fields = settingsFields(settings);
  assert.deepEqual(
    [
      fields["enabled"],
      fields["acquire_timeout_ms"],
      fields["base_concurrency"],
      fields["admin_listen"],
    ],
    [true, 10_000, 14, "127.0.0.1:9180"],
  );
  assert.equal(Object.keys(fields).length, Object.keys(settings).length + 1);
});
