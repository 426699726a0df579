import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Environment } from "../config/environment.ts";
import type { Plan } from "../core/plan.ts";
import { KIB, toMib } from "../core/units.ts";
import type { HostFact, HostFile } from "../templates/host.ts";
import { hostSlices } from "../templates/host-slices.ts";
import { render } from "../templates/render.ts";
import { hostFacts } from "./host-facts.ts";
import { type HostSettings, hostFiles } from "./host-files.ts";
import { hostJobs, schedulesOf, timerOf } from "./host-jobs.ts";

/** Everything that makes a plain server the one that the plan counts on. */
export interface HostBundle {
  readonly files: readonly HostFile[];
  readonly facts: readonly HostFact[];
  /** One shell program with all of it; says in its head how it is called. */
  readonly script: string;
  /** Of the script: the same content has the same. */
  readonly hash: string;
}

/** Parts of the program that are the same for every server, in their order. */
const PARTS = [
  ...["base", "files", "merge", "preflight", "packages", "read", "repair"],
  ...["docker", "swap", "timers", "door", "user", "remove", "main"],
] as const;

function partText(part: string): string {
  return readFileSync(new URL(`../templates/host/apply/${part}.sh`, import.meta.url), "utf8");
}

function headOf(environment: Environment, plan: Plan, host: HostSettings) {
  const files = hostFiles(environment, plan, host);
  const jobs = hostJobs(environment, plan);
  return {
    environment: `${environment.project}/${environment.name}`,
    memoryKib: Math.floor(environment.server.memory / KIB),
    swapMib: toMib(environment.server.swap),
    sshPort: host.sshPort,
    user: host.deployUser?.name ?? "",
    upgrades: host.securityUpdates ? (1 as const) : (0 as const),
    slices: hostSlices(plan)
      .map(({ name }) => name)
      .join(" "),
    timers: jobs.map(timerOf).join(" "),
    schedules: schedulesOf(jobs),
    files,
    facts: hostFacts(environment, plan, { files, host }),
  };
}

/** @returns undefined where the config leaves the server as it is, and for this machine */
export function hostBundle(environment: Environment, plan: Plan): HostBundle | undefined {
  const { host, target } = environment;
  if (!host || target === "local") return undefined;
  const head = headOf(environment, plan, host);
  const script = [render("host/head.sh", head), ...PARTS.map(partText)].join("\n");
  const hash = createHash("sha256").update(script).digest("hex");
  return { files: head.files, facts: head.facts, script, hash };
}
