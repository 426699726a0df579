import { OFF } from "../config/calendar.ts";
import { type Environment, offsiteOf } from "../config/environment.ts";
import { cgroupParent } from "../core/cgroup.ts";
import type { Plan } from "../core/plan.ts";
import { servicesOf } from "../core/spec.ts";
import type { HostFact, HostFile } from "../templates/host.ts";
import { render } from "../templates/render.ts";
import { backupScript } from "./backup-job.ts";
import { batchRun, dumpRun } from "./batch-run.ts";
import { certificateScript } from "./certificate-job.ts";
import type { JobHead } from "./job-script.ts";
import { copyRun, offsiteRun } from "./offsite-run.ts";
import { pruneScript } from "./prune-job.ts";

/** Of the config, below `host.jobs`. */
export type JobName = "backup" | "drill" | "prune" | "certificate";

/** Something that the server does by itself at its time. */
export interface HostJob {
  /** Its units are `plimsoll-<name>.timer` and `.service`. */
  readonly name: JobName;
  readonly what: string;
  /** As systemd takes it. */
  readonly schedule: string;
  /** What its service runs. */
  readonly script: string;
}

const UNITS = "/etc/systemd/system";

const WHAT: Readonly<Record<JobName, string>> = {
  backup: "backup of the databases",
  drill: "drill: the newest backup restored and compared",
  prune: "images that nobody needs, and the build cache",
  certificate: "certificate that was renewed, for nginx",
};

const keyOf = (name: JobName) => `host.jobs.${name}`;
const unitOf = (name: JobName) => `plimsoll-${name}`;

/** Whether the environment has what the job is for. */
function hasWork({ services, tls }: Environment, name: JobName): boolean {
  switch (name) {
    case "backup":
    case "drill":
      return servicesOf(services, "postgres").length > 0;
    case "prune":
      return true;
    case "certificate":
      return tls !== undefined;
  }
}

/** Those that a timer of the server's starts. */
export function timedJobs(environment: Environment): JobName[] {
  const { host, target } = environment;
  if (!host || target === "local") return [];
  const names = Object.keys(WHAT) as JobName[];
  return names.filter((name) => host.jobs[name] !== OFF && hasWork(environment, name));
}

type Writer = (head: JobHead) => string;

/** What writes the script of each job that there is work for. */
function writers(environment: Environment, plan: Plan): Partial<Record<JobName, Writer>> {
  const { host, services, tls } = environment;
  const place = { environment, plan, cgroupDriver: "systemd" as const };
  const [postgres] = servicesOf(services, "postgres");
  const stored = postgres && { ...place, service: postgres[0] };
  const goesOff = offsiteOf(environment) !== undefined;
  return {
    ...(stored && {
      backup: (head) =>
        backupScript(stored, head, {
          run: dumpRun(stored),
          offsite: goesOff ? copyRun(stored) : undefined,
        }),
      drill: (head) =>
        backupScript(stored, head, {
          run: batchRun(stored, "drill", ["latest"]),
          offsite: goesOff ? offsiteRun(stored, "recheck") : undefined,
        }),
    }),
    ...(host && { prune: (head) => pruneScript(place, head, host.keepImages) }),
    ...(tls && { certificate: (head) => certificateScript(place, head, tls) }),
  };
}

/** Those that the config asks for, with all that they need on the server. */
export function hostJobs(environment: Environment, plan: Plan): HostJob[] {
  const known = writers(environment, plan);
  return timedJobs(environment).map((name) => {
    const write = known[name];
    if (!write) throw new Error(`no script for the job ${name}`);
    const what = WHAT[name];
    const schedule = environment.host?.jobs[name] ?? OFF;
    return { name, what, schedule, script: write({ name, what, key: keyOf(name) }) };
  });
}

/** Unit of systemd's that starts the job. */
export function timerOf({ name }: Pick<HostJob, "name">): string {
  return `${unitOf(name)}.timer`;
}

/** Where it is on the server. */
export function timerPath(name: JobName): string {
  return `${UNITS}/${timerOf({ name })}`;
}

/** Key and schedule of each, for systemd to judge. */
export function schedulesOf(jobs: readonly HostJob[]) {
  return jobs.map((job) => ({ key: keyOf(job.name), schedule: job.schedule }));
}

export function jobFiles(environment: Environment, jobs: readonly HostJob[]): HostFile[] {
  const slice = cgroupParent("systemd", environment, ["batch"]);
  const mode = "644";
  return jobs.flatMap((job) => {
    const { name, what, schedule, script } = job;
    const key = keyOf(job.name);
    const path = `/etc/plimsoll/${name}.sh`;
    return [
      { path, mode, content: script },
      {
        ...{ path: `${UNITS}/${unitOf(job.name)}.service`, mode },
        content: render("host/job.service", { key, what, slice, script: path }),
      },
      {
        ...{ path: timerPath(name), mode },
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
    { kind: "unit", place: `${unitOf(job.name)}.service:Slice`, declared: slice },
  ]);
}
