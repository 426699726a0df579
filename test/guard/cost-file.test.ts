import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { CostFile } from "../../guard/cost-file.ts";

const HISTORY = { export: [{ expectedBytes: 100, actualBytes: 90, durationMs: 20 }] };
const NOW_MS = 1_700_000_000_000;
const WEEK_MS = 604_800_000;

function pathIn(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "guard-costs-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "costs.json");
}

test("what is written is read back, and nothing else is left in the folder", (t) => {
  const path = pathIn(t);
  new CostFile(path, "a").write(HISTORY, NOW_MS);
  assert.deepEqual(new CostFile(path, "a").read(NOW_MS + 1), HISTORY);
  assert.deepEqual(readdirSync(join(path, "..")), ["costs.json"]);
});

test("where there is no file nothing is known", (t) => {
  assert.deepEqual(new CostFile(pathIn(t), "a").read(NOW_MS), {});
});

test("what is too old, from the future or of another key is ignored", (t) => {
  const path = pathIn(t);
  const file = new CostFile(path, "a");
  file.write(HISTORY, NOW_MS);
  assert.deepEqual(file.read(NOW_MS + WEEK_MS + 1), {});
  assert.deepEqual(file.read(NOW_MS - 1), {});
  assert.deepEqual(new CostFile(path, "b").read(NOW_MS), {});
});

const WHOLE = { version: 1, key: "a", savedMs: NOW_MS };
const DAMAGED = [
  "",
  "{",
  "null",
  JSON.stringify({ ...WHOLE, version: 2, routes: HISTORY }),
  JSON.stringify({ ...WHOLE, routes: [] }),
  JSON.stringify({ ...WHOLE, routes: { a: {} } }),
  JSON.stringify({
    ...WHOLE,
    routes: { a: [{ expectedBytes: 0, actualBytes: 1, durationMs: 1 }] },
  }),
  JSON.stringify({
    ...WHOLE,
    routes: { a: [{ expectedBytes: 1, actualBytes: -1, durationMs: 1 }] },
  }),
];
for (const text of DAMAGED) {
  test(`a file with ${text || "nothing"} is ignored`, (t) => {
    const path = pathIn(t);
    writeFileSync(path, text);
    assert.deepEqual(new CostFile(path, "a").read(NOW_MS), {});
  });
}
