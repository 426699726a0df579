import { Command } from "commander";
import { configReference } from "../docs/config-reference.ts";
import { writeGenerated } from "../generated.ts";
import { terminalReport } from "../report.ts";

async function run(): Promise<void> {
  const changed = await writeGenerated(
    [{ path: "docs/config.md", text: configReference() }],
    process.cwd(),
  );
  for (const path of changed) terminalReport.done(`${path} written`);
  if (changed.length === 0) terminalReport.done("docs/config.md is as the schema says");
}

export function docsCommand(): Command {
  return new Command("docs").description("writes docs/config.md from the schema").action(run);
}
