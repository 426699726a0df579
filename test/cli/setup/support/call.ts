/**
 * Calls one function of cli/setup/ in a process of its own: PATH, cache folder and user are the process's, so a test
 * must not change its own. argv: module, function, its arguments as JSON with `"@report"` for the report.
 */

import { terminalReport } from "../../../../cli/report.ts";
import { OperatorError } from "../../../../core/operator-error.ts";

const [moduleUrl = "", name = "", rest = "[]"] = process.argv.slice(2);
const module = (await import(moduleUrl)) as Record<string, (...args: unknown[]) => unknown>;

try {
  const args = JSON.parse(rest) as unknown[];
  const result = await module[name]?.(
    ...args.map((arg) => (arg === "@report" ? terminalReport : arg)),
  );
  // An undefined field means something: a variable to remove.
  process.stdout.write(JSON.stringify(result, (_key, value: unknown) => value ?? null) ?? "null");
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
