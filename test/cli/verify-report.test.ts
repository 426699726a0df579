import assert from "node:assert/strict";
import { test } from "node:test";
import { junit, readingsTable, summary } from "../../cli/verify-report.ts";

const IN_FORCE = {
  subject: "redis",
  setting: "maxmemory",
  declared: "58720256",
  live: "58720256",
  where: "CONFIG GET",
};
const DRIFT = { ...IN_FORCE, setting: "save", declared: '"<&>"', live: undefined };

test("the summary counts what is in force and what is not", () => {
  assert.equal(summary([IN_FORCE]), "1 of 1 settings are in force");
  assert.equal(summary([IN_FORCE, DRIFT]), "1 of 2 settings are in force, 1 is not");
  assert.equal(summary([DRIFT, DRIFT]), "0 of 2 settings are in force, 2 are not");
});

test("a long value is shown where it begins to differ", () => {
  const declared = `${"a".repeat(60)}X${"b".repeat(60)}`;
  const live = `${"a".repeat(60)}Y${"b".repeat(60)}`;
  const table = readingsTable([{ ...DRIFT, declared, live }]);
  assert.match(table, /…a{8}Xb+…/);
  assert.match(table, /…a{8}Yb+…/);
});

test("the test report names each setting, escapes values and counts failures", () => {
  assert.equal(
    junit("local", [IN_FORCE, DRIFT]),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="plimsoll verify local" tests="2" failures="1">
    <testcase classname="local.redis" name="maxmemory"/>
    <testcase classname="local.redis" name="save">
      <failure message="CONFIG GET: declared &quot;&lt;&amp;&gt;&quot;, live none"/>
    </testcase>
  </testsuite>
</testsuites>
`,
  );
});
