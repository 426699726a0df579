import assert from "node:assert/strict";
import { test } from "node:test";
import { withOutputs } from "../../../cli/docs/shown-output.ts";
import { ROOT } from "../../support/environments.ts";

test("a block under a command's name gets the command's output, errors included; others stay", async () => {
  const text = [
    "<!-- ./plimsoll check nowhere -->\n```\nold\nlines\n```",
    "```\nleft alone\n```",
  ].join("\n\n");
  const now = await withOutputs(text, ROOT);
  assert.equal(
    now,
    "<!-- ./plimsoll check nowhere -->\n```\n" +
      "✗ environments: no environment named nowhere; use one of local, staging, production\n\n" +
      "1 error, 0 warnings\n```\n\n```\nleft alone\n```",
  );
});
