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

const ADMITTED = { verdict: "admitted", backend: "a", binding: "none" } as const;

test("to let in what takes nothing is no decision, to keep it out is one", LIMIT, (t) => {
  const [admission] = admissionFor(t);
  admission.decided(askOf(), ADMITTED);
  admission.decided(askOf({ cost: { meanBytes: 1, spreadBytes: 0 } }), ADMITTED);
  admission.decided(askOf(), { ...ADMITTED, verdict: "queue_full" });
  const { decisions } = admission.state([]);
  assert.deepEqual(
    decisions.map(({ verdict, costBytes }) => [verdict, costBytes]),
    [
      ["admitted", 1],
      ["queue_full", 0],
    ],
  );
});

test("costs that cannot be kept are told of", LIMIT, (t) => {
  const [admission, lines] = admissionFor(t, { costFile: "/no/such/folder/costs.json" });
  admission.close();
  const [line = "{}"] = lines;
  assert.equal(JSON.parse(line).message, "costs not kept");
  assert.match(JSON.parse(line).error, /ENOENT/);
});
