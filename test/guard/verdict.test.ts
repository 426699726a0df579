import assert from "node:assert/strict";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import test from "node:test";
import { Health } from "../../guard/health.ts";
import { Verdict } from "../../guard/verdict.ts";
import { DEFAULTS } from "./support.ts";

const answer = (statusCode: number) =>
  Object.assign(new IncomingMessage(new Socket()), { statusCode });
const CASES: [name: string, tell: (verdict: Verdict) => void, state: string][] = [
  ["200", (verdict) => verdict.answered(answer(200)), "closed"],
  ["404", (verdict) => verdict.answered(answer(404)), "closed"],
  ["500", (verdict) => verdict.answered(answer(500)), "closed"],
  ["503", (verdict) => verdict.answered(answer(503)), "closed"],
  ["502", (verdict) => verdict.answered(answer(502)), "open"],
  ["504", (verdict) => verdict.answered(answer(504)), "open"],
  ["a failure", (verdict) => verdict.failed(), "open"],
  ["a client that left", (verdict) => verdict.abandoned(), "closed"],
];

for (const [name, tell, state] of CASES) {
  test(`${name} leaves a breaker of one failure ${state}, whatever comes later`, () => {
    const limits = { ...DEFAULTS, breakerFailures: 1 };
    const events = { turned: () => {}, changed: () => {} };
    const health = new Health({ host: "127.0.0.1", port: 1 }, limits, events);
    const verdict = new Verdict(health, health.begin());
    tell(verdict);
    verdict.failed();
    assert.equal(health.breakerState(performance.now()), state);
  });
}
