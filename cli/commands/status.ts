import type { Command } from "commander";
import { memoryMapOf } from "../../config/environment.ts";
import { choose, environmentCommand, JSON_OPTION, type TargetOption } from "../choose.ts";
import { driverOf, inspectEngine } from "../inspect.ts";
import { type JobStatus, jobTable, liveJobs } from "../job-status.ts";
import { print, printJson } from "../output.ts";
import { terminalReport as report } from "../report.ts";
import { allHealthy, type ServiceStatus, status, statusTable } from "../status.ts";

interface StatusOption extends TargetOption {
  readonly json?: boolean;
}

async function run(name: string, options: StatusOption): Promise<void> {
  const { environment, target } = await choose(name, options);
  const cgroupDriver = driverOf(await inspectEngine(target));
  const place = { environment, plan: { memory: memoryMapOf(environment) }, cgroupDriver };
  const [containers, jobs] = await Promise.all([
    status(environment, target),
    // Whatever hinders it, the containers are told.
    liveJobs(place, target).catch((error: Error) => {
      report.warn(`how the jobs of the server went is not known: ${error.message}`);
      return [];
    }),
  ]);
  if (options.json) printJson({ containers, jobs });
  else if (containers.length > 0) print(text(containers, jobs));
  else print(`${name} is not up on ${target.name}; ./plimsoll up ${name} brings it up`);
  process.exitCode = allHealthy(containers) ? 0 : 1;
}

function text(containers: readonly ServiceStatus[], jobs: readonly JobStatus[]): string {
  return [statusTable(containers), ...(jobs.length > 0 ? [jobTable(jobs)] : [])].join("\n\n");
}

export function statusCommand(): Command {
  return environmentCommand(
    "status",
    "what runs, how much memory it uses, and how the server's jobs went; exit 1 unless all is healthy",
  )
    .option(...JSON_OPTION)
    .action(run);
}
