import assert from "node:assert/strict";
import { test } from "node:test";
import { execa } from "execa";
import { shellWord } from "../../core/shell-word.ts";

test("a shell reads each word back unchanged", async () => {
  const words = ["plain", "", "two words", "it's", '$HOME `id` \\ "x"', "a\nb", "*", "-n", "~"];
  const { stdout } = await execa("sh", ["-c", `printf '%s\\0' ${words.map(shellWord).join(" ")}`]);
  assert.deepEqual(stdout.split("\0").slice(0, -1), words);
});
