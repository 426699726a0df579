import { type Report, terminalReport } from "./report.ts";
import {
  ensureTerraformEnvironment,
  type TerraformEnvironment,
} from "./setup/terraform-environment.ts";

const quoted = (value: string) => `'${value.replaceAll("'", `'\\''`)}'`;

/** Lines that any POSIX shell evaluates. */
export function shellText(variables: TerraformEnvironment): string {
  return Object.entries(variables)
    .map(([name, value]) =>
      value === undefined ? `unset ${name}` : `export ${name}=${quoted(value)}`,
    )
    .join("\n");
}

/**
 * The text for `eval "$(./plimsoll env)"`: what a plain `npx cdktf` or `terraform` needs. Sets up what is missing
 * first; its progress goes to stderr.
 * @throws OperatorError where Terraform or the Docker provider cannot be had
 */
export async function env(report: Report = terminalReport): Promise<string> {
  return shellText(await ensureTerraformEnvironment(report));
}
