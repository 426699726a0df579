import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { parseGuardConfig } from "../../guard/guard-config.ts";

function problemsOf(value: unknown): string[] {
  const problems: string[] = [];
  parseGuardConfig(value, (problem) => problems.push(problem));
  return problems;
}

test("reads routes with what they cost, how much they matter and where their size is told", () => {
  const config = parseGuardConfig(
    {
      criticalityHeader: "X-Criticality",
      routes: [
        {
          name: "export",
          method: "get",
          path: "/api/export",
          criticality: "background",
          costBytes: 1_000,
          size: { from: "query", name: "rows", bytesPerUnit: 3_400 },
          singleFlight: "anonymous",
        },
        { path: "/api" },
      ],
    },
    assert.fail,
  );
  assert.deepEqual(config, {
    criticalityHeader: "x-criticality",
    clientHeader: "x-forwarded-for",
    routes: [
      {
        name: "export",
        method: "GET",
        path: "/api/export",
        criticality: "background",
        costBytes: 1_000,
        size: { from: "query", name: "rows", bytesPerUnit: 3_400 },
        singleFlight: "anonymous",
        maxResultBytes: undefined,
      },
      {
        name: "/api",
        method: undefined,
        path: "/api",
        criticality: "normal",
        costBytes: undefined,
        size: undefined,
        singleFlight: undefined,
        maxResultBytes: undefined,
      },
    ],
  });
});

const BROKEN: [value: unknown, problem: string][] = [
  [[], "GUARD_CONFIG: must be an object, got []; write {...}"],
  [{ routes: {} }, "GUARD_CONFIG.routes: must be a list, got {}; write [...]"],
  [
    { route: [] },
    "GUARD_CONFIG.route: must be a known key, got []; known: routes, criticalityHeader, clientHeader, environment",
  ],
  [
    { routes: [{ path: "api" }] },
    'GUARD_CONFIG.routes[0].path: must begin with /, got "api"; write "/api"',
  ],
  [
    { routes: [{ path: "/a", criticality: "urgent" }] },
    'GUARD_CONFIG.routes[0].criticality: must be one of critical, high, normal, background, got "urgent"; write "normal"',
  ],
  [
    { routes: [{ path: "/a", costBytes: "12MiB" }] },
    'GUARD_CONFIG.routes[0].costBytes: must be a number of bytes above 0, got "12MiB"; write 1048576',
  ],
  [
    { routes: [{ path: "/a", size: { from: "body", name: "x", bytesPerUnit: 1 } }] },
    'GUARD_CONFIG.routes[0].size.from: must be one of query, header, content-length, got "body"; write "query"',
  ],
  [
    { routes: [{ path: "/a", singleFlight: true }] },
    "GUARD_CONFIG.routes[0].singleFlight: must be one of anonymous, same_credentials, got true; leave it out for none",
  ],
  [
    { routes: [{ path: "/a" }, { path: "/a" }] },
    'GUARD_CONFIG.routes: names must be unique, got "/a" twice; rename one',
  ],
];

for (const [value, problem] of BROKEN) {
  test(`${JSON.stringify(value)} is refused`, () => {
    assert.deepEqual(problemsOf(value), [problem]);
  });
}

test("any JSON gives a config or a list of problems, nothing else", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => problemsOf(value).every((line) => line !== "")));
});
