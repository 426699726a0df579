import type { Environment } from "../config/environment.ts";
import {
  containerName,
  ENVIRONMENT_LABEL,
  PROJECT_LABEL,
  SERVICE_LABEL,
  STATE_LABEL,
} from "../core/names.ts";
import type { Target } from "./target.ts";

/** A container on the target, as `docker inspect` shows it. */
export interface FoundContainer {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  /** Made by Plimsoll for this environment. */
  readonly owned: boolean;
  /** The state that made it, where it says so. */
  readonly stateId: string | undefined;
  /** `running`, `exited`, … */
  readonly state: string;
  /** `healthy`, `unhealthy`, `starting`; `none` without a check. */
  readonly health: string;
  readonly restarts: number;
  readonly oomKilled: boolean;
  readonly startedAt: string;
  readonly limitBytes: number;
}

interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly OOMKilled: boolean;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: { readonly Labels: Readonly<Record<string, string>> | null };
  readonly HostConfig: { readonly Memory: number };
}

function read(raw: Inspected, { project, name }: Environment): FoundContainer {
  const labels = raw.Config.Labels ?? {};
  return {
    id: raw.Id,
    name: raw.Name.replace(/^\//, ""),
    service: labels[SERVICE_LABEL] ?? "",
    owned: labels[PROJECT_LABEL] === project && labels[ENVIRONMENT_LABEL] === name,
    stateId: labels[STATE_LABEL],
    state: raw.State.Status,
    health: raw.State.Health?.Status ?? "none",
    restarts: raw.RestartCount,
    oomKilled: raw.State.OOMKilled,
    startedAt: raw.State.StartedAt,
    limitBytes: raw.HostConfig.Memory,
  };
}

async function inspect(
  target: Target,
  environment: Environment,
  filters: readonly string[],
): Promise<FoundContainer[]> {
  const wanted = filters.flatMap((filter) => ["--filter", filter]);
  const listed = await target.docker(["ps", "--all", "--quiet", "--no-trunc", ...wanted]);
  const ids = String(listed.stdout).split("\n").filter(Boolean);
  if (ids.length === 0) return [];
  // One that went since is left out of the answer, and makes the exit code 1.
  const { stdout } = await target.docker(["inspect", "--type=container", ...ids], {
    reject: false,
  });
  const found = (JSON.parse(String(stdout)) as Inspected[]).map((raw) => read(raw, environment));
  return found.sort((a, b) => a.name.localeCompare(b.name));
}

/** The environment's containers, running or not. */
export function ownContainers(target: Target, environment: Environment): Promise<FoundContainer[]> {
  const { project, name } = environment;
  return inspect(target, environment, [
    `label=${PROJECT_LABEL}=${project}`,
    `label=${ENVIRONMENT_LABEL}=${name}`,
  ]);
}

/** Containers whose names start like the environment's, whoever made them. */
export function containersNamedLike(
  target: Target,
  environment: Environment,
): Promise<FoundContainer[]> {
  return inspect(target, environment, [`name=^/${containerName(environment, "")}`]);
}
