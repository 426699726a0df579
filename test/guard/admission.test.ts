import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { Admission } from "../../guard/admission.ts";
import { Log } from "../../guard/log.ts";
import type { Settings } from "../../guard/settings.ts";
import { askOf, LIMIT, SETTINGS } from "./support.ts";

function admissionFor(t: TestContext, more: Partial<Settings> = {}): [Admission, string[]] {
  const lines: string[] = [];
  const log = new Log("info", (line) => lines.push(line));
  const admission = new Admission({ ...SETTINGS, ...more }, log);
  t.after(() => admission.close());
  return [admission, lines];
}

test("what nobody would notice is no matter of memory", LIMIT, (t) => {
  const [admission] = admissionFor(t);
  const isLarge = (meanBytes: number) =>
    admission.isLarge(askOf({ cost: { meanBytes, spreadBytes: 0 } }));
  assert.deepEqual([isLarge(1), isLarge(2 ** 50)], [false, true]);
});

test("costs that cannot be kept are told of", LIMIT, (t) => {
  const [admission, lines] = admissionFor(t, { costFile: "/no/such/folder/costs.json" });
  admission.close();
  const [line = "{}"] = lines;
  assert.equal(JSON.parse(line).message, "costs not kept");
  assert.match(JSON.parse(line).error, /ENOENT/);
});
