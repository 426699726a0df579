import { OFF } from "../config/calendar.ts";
import type { Environment } from "../config/environment.ts";
import { cgroupParent } from "../core/cgroup.ts";
import { containerName } from "../core/names.ts";
import type { Plan } from "../core/plan.ts";
import { shellWord } from "../core/shell-word.ts";
import { servicesOf } from "../core/spec.ts";
import type { HostFact, HostFile } from "../templates/host.ts";
import { render } from "../templates/render.ts";
import {
  type BatchPlace,
  type BatchRun,
  backupVolume,
  batchName,
  batchRun,
  dumpRun,
  volumeCommands,
} from "./batch-run.ts";

/** Something that the server does by itself at its time. */
export interface HostJob {
  /** Of the config, below `host.jobs`; its units are `plimsoll-<name>.timer` and `.service`. */
  readonly name: "backup" | "drill";
  readonly what: string;
  /** As systemd takes it. */
  readonly schedule: string;
  /** What its service runs. */
  readonly script: string;
}

const UNITS = "/etc/systemd/system";

const words = (list: readonly string[]) => list.map(shellWord).join(" ");

function backupScript(place: BatchPlace, job: Pick<HostJob, "name" | "what">, run: BatchRun) {
  const { create, own } = volumeCommands(place);
  return render("host/backup-job.sh", {
    ...{ what: job.what, verb: job.name, key: keyOf(job) },
    postgres: containerName(place.environment, place.service),
    name: batchName(place),
    volume: backupVolume(place),
    ...{ create: words(create), own: words(own.options), ownProgram: own.program },
    ...{ options: words(run.options), program: run.program, args: words(run.args) },
  });
}

const keyOf = ({ name }: Pick<HostJob, "name">) => `host.jobs.${name}`;
const unitOf = ({ name }: Pick<HostJob, "name">) => `plimsoll-${name}`;

/** Those that the config asks for. A server without Postgres has nothing to back up. */
export function hostJobs(environment: Environment, plan: Plan): HostJob[] {
  const { host, services } = environment;
  const [postgres] = servicesOf(services, "postgres");
  if (!host || !postgres) return [];
  const place: BatchPlace = { environment, plan, cgroupDriver: "systemd", service: postgres[0] };
  const backup = { name: "backup", what: "backup of the databases" } as const;
  const drill = { name: "drill", what: "drill: the newest backup restored and compared" } as const;
  return [
    { ...backup, script: backupScript(place, backup, dumpRun(place)) },
    { ...drill, script: backupScript(place, drill, batchRun(place, "drill", ["latest"])) },
  ]
    .map((job) => ({ ...job, schedule: host.jobs[job.name] }))
    .filter(({ schedule }) => schedule !== OFF);
}

/** Unit of systemd's that starts the job. */
export function timerOf(job: HostJob): string {
  return `${unitOf(job)}.timer`;
}

/** Key and schedule of each, for systemd to judge. */
export function schedulesOf(jobs: readonly HostJob[]) {
  return jobs.map((job) => ({ key: keyOf(job), schedule: job.schedule }));
}

export function jobFiles(environment: Environment, jobs: readonly HostJob[]): HostFile[] {
  const slice = cgroupParent("systemd", environment, ["batch"]);
  const mode = "644";
  return jobs.flatMap((job) => {
    const { name, what, schedule, script } = job;
    const key = keyOf(job);
    const path = `/etc/plimsoll/${name}.sh`;
    return [
      { path, mode, content: script },
      {
        ...{ path: `${UNITS}/${unitOf(job)}.service`, mode },
        content: render("host/job.service", { key, what, slice, script: path }),
      },
      {
        ...{ path: `${UNITS}/${timerOf(job)}`, mode },
        content: render("host/job.timer", { key, what, schedule }),
      },
    ];
  });
}

export function jobFacts(environment: Environment, jobs: readonly HostJob[]): HostFact[] {
  const slice = cgroupParent("systemd", environment, ["batch"]);
  return jobs.flatMap((job) => [
    { kind: "unit", place: `${timerOf(job)}:ActiveState`, declared: "active" },
    { kind: "unit", place: `${timerOf(job)}:UnitFileState`, declared: "enabled" },
    { kind: "unit", place: `${unitOf(job)}.service:Slice`, declared: slice },
  ]);
}
