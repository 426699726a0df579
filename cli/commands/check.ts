import { Command } from "commander";
import { environmentNamed } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { check, type Findings, findingsText } from "../check.ts";
import { JSON_OPTION } from "../choose.ts";
import { hasColors, OPERATOR_ERROR_EXIT, print, printJson } from "../output.ts";

/** A config that cannot be read is a finding too: a program that reads `--json` gets it as one. */
async function findings(name: string | undefined): Promise<Findings> {
  try {
    const environments = await loadConfig(process.cwd());
    return check(name ? [environmentNamed(environments, name)] : environments);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return { holds: [], warnings: [], errors: error.problems };
  }
}

async function run(name: string | undefined, { json }: { readonly json?: boolean }): Promise<void> {
  const found = await findings(name);
  if (json) printJson(found);
  else print(findingsText(found, hasColors()));
  if (found.errors.length > 0) process.exitCode = OPERATOR_ERROR_EXIT;
}

export function checkCommand(): Command {
  return new Command("check")
    .description("the config and its budget, without Docker or Terraform; exit 2 on an error")
    .argument("[environment]", "a name from plimsoll.config.ts; default: every one")
    .option(...JSON_OPTION)
    .action(run);
}
