import { Command } from "commander";
import { OperatorError } from "../../core/operator-error.ts";
import { terminalReport } from "../report.ts";
import { PHASES, runPhase } from "../test-phases.ts";

interface TestOption {
  readonly only?: string;
}

async function run({ only }: TestOption): Promise<void> {
  const chosen = PHASES.filter(({ name }) => !only || only.split(",").includes(name));
  if (chosen.length === 0) {
    const names = PHASES.map(({ name }) => name).join(", ");
    throw new OperatorError(`--only: must name phases, got ${only}; use some of ${names}`);
  }
  const failed: string[] = [];
  for (const phase of chosen) {
    if (!(await runPhase(phase, terminalReport))) failed.push(phase.name);
  }
  if (failed.length > 0)
    throw new OperatorError(
      `test: every phase must pass, got failures in ${failed.join(", ")}; see above`,
    );
  terminalReport.done(`${chosen.map(({ name }) => name).join(", ")} passed`);
}

export function testCommand(): Command {
  const names = PHASES.map(({ name }) => name).join(",");
  return new Command("test")
    .description(
      "lint, types, and every test on real parts: this machine's Docker and a virtual 2 GB server",
    )
    .option("--only <phases>", `some of ${names}`)
    .action(run);
}
