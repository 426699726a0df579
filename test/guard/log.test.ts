import assert from "node:assert/strict";
import test from "node:test";
import { Log } from "../../guard/log.ts";

test("writes one JSON object a line, from its level up", () => {
  const lines: string[] = [];
  const log = new Log("warn", (line) => lines.push(line));
  log.debug("a");
  log.info("b");
  log.warn("c", { text: "two\nlines" });
  log.error("d");
  assert.equal(lines.length, 2);
  assert.ok(lines.every((line) => line.indexOf("\n") === line.length - 1));
  const { time, ...rest } = JSON.parse(lines[0] ?? "");
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(rest, { level: "warn", message: "c", text: "two\nlines" });
});
