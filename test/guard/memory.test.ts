import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { memoryPercent } from "../../guard/memory.ts";

function meminfo(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "guard-memory-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "meminfo");
  writeFileSync(path, text);
  return path;
}

test("is what is not available, of the whole", (t) => {
  const text =
    "MemTotal:        2000000 kB\nMemFree:           10000 kB\nMemAvailable:     500000 kB\n";
  assert.equal(memoryPercent(meminfo(t, text)), 75);
});

test("is unknown, not 0, where MemAvailable is missing", (t) => {
  assert.equal(memoryPercent(meminfo(t, "MemTotal: 2000000 kB\n")), undefined);
});

test("is unknown where there is no such file", () => {
  assert.equal(memoryPercent("/nonexistent/meminfo"), undefined);
});
