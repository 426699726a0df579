import { Command } from "commander";
import { documents } from "../docs/documents.ts";
import { writeGenerated } from "../generated.ts";
import { terminalReport } from "../report.ts";

async function run(): Promise<void> {
  const changed = await writeGenerated(await documents(process.cwd()), process.cwd());
  for (const path of changed) terminalReport.done(`${path} written`);
  if (changed.length === 0) terminalReport.done("every document says what is so");
}

export function docsCommand(): Command {
  return new Command("docs")
    .description("writes docs/config.md, and the outputs that the documents show, anew")
    .action(run);
}
