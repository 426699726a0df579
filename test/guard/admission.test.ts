import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { Admission } from "../../guard/admission.ts";
import { askOf, LIMIT, SETTINGS } from "./support.ts";

function admissionFor(t: TestContext): Admission {
  const admission = new Admission(SETTINGS);
  t.after(() => admission.close());
  return admission;
}

const ADMITTED = { verdict: "admitted", backend: "a", binding: "none" } as const;

test("to let in what takes nothing is no decision, to keep it out is one", LIMIT, (t) => {
  const admission = admissionFor(t);
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
