import assert from "node:assert/strict";
import test from "node:test";
import { responseProblem } from "../../guard/response-problem.ts";

const CASES: [coding: string | undefined, httpVersion: string, problem: string | undefined][] = [
  [undefined, "1.1", undefined],
  [undefined, "1.0", undefined],
  ["chunked", "1.1", undefined],
  ["Chunked", "1.1", undefined],
  ["chunked", "1.0", "transfer encoding in HTTP/1.0"],
  ["gzip", "1.1", "transfer encoding is not chunked"],
  ["gzip, chunked", "1.1", "transfer encoding is not chunked"],
  ["", "1.1", "transfer encoding is not chunked"],
];

for (const [coding, httpVersion, problem] of CASES) {
  test(`"${coding}" in HTTP/${httpVersion}: ${problem ?? "passes"}`, () => {
    const headers = coding === undefined ? {} : { "transfer-encoding": coding };
    assert.equal(responseProblem({ httpVersion, headers }), problem);
  });
}
