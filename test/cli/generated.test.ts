import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { stale, writeGenerated } from "../../cli/generated.ts";

test("a file that is missing or says something else is stale until it is written", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-generated-"));
  t.after(() => rm(folder, { recursive: true }));
  const [first, second] = [
    { path: "docs/a.md", text: "one\n" },
    { path: "b.svg", text: "two\n" },
  ];
  assert.deepEqual(await stale([first, second], folder), ["docs/a.md", "b.svg"]);
  assert.deepEqual(await writeGenerated([first, second], folder), ["docs/a.md", "b.svg"]);
  assert.deepEqual(await stale([first, second], folder), []);
  const changed = { ...second, text: "three\n" };
  assert.deepEqual(await writeGenerated([first, changed], folder), ["b.svg"]);
  assert.equal(await readFile(join(folder, "b.svg"), "utf8"), "three\n");
});
