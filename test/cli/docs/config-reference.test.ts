import assert from "node:assert/strict";
import { test } from "node:test";
import { configReference } from "../../../cli/docs/config-reference.ts";

test("a key is shown with its type, range, default and purpose", () => {
  const lines = configReference().split("\n");
  const shown = (path: string) => lines.filter((line) => line.startsWith(`| \`${path}\` |`));
  assert.deepEqual(shown("services.<name>.slots"), [
    "| `services.<name>.slots` | whole number | 1 to 16 | `2` | Containers of this app: each is replaced on its own. |",
  ]);
  assert.deepEqual(shown("services.<name>.startTimeout"), [
    '| `services.<name>.startTimeout` | duration in ms, s or m |  | `"2m"` | How long a slot may take to become healthy, migrations and a cold start included. |',
  ]);
});
