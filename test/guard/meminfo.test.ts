import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { Meminfo } from "../../guard/meminfo.ts";

const ALL =
  "MemTotal:        2000000 kB\nMemFree:           10000 kB\nMemAvailable:     500000 kB\n";

function reading(t: TestContext, meminfo: string, pressure?: string) {
  const folder = mkdtempSync(join(tmpdir(), "guard-meminfo-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const [path, pressurePath] = [join(folder, "meminfo"), join(folder, "pressure")];
  writeFileSync(path, meminfo);
  if (pressure !== undefined) writeFileSync(pressurePath, pressure);
  const source = new Meminfo(path, pressurePath);
  t.after(() => source.close());
  return source.read();
}

test("used is what is not available, of the whole", (t) => {
  const { usedBytes, limitBytes, stallMs } = reading(t, ALL) ?? {};
  assert.deepEqual([usedBytes, limitBytes, stallMs], [1_536_000_000, 2_048_000_000, undefined]);
});

test("all that waited for memory did so for the microseconds of the line full", (t) => {
  const pressure =
    "some avg10=0.00 avg60=0.00 avg300=0.00 total=9000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=2500\n";
  assert.equal(reading(t, ALL, pressure)?.stallMs, 2.5);
});

test("is unknown, not 0, where MemAvailable is missing", (t) => {
  assert.equal(reading(t, "MemTotal: 2000000 kB\n"), undefined);
});

test("is unknown where there is no such file", () => {
  assert.equal(new Meminfo("/nonexistent/meminfo", "/nonexistent/pressure").read(), undefined);
});
