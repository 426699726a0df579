import { type Environment, planOf } from "../config/environment.ts";
import { ENVIRONMENT_LABEL, PROJECT_LABEL, volumeName } from "../core/names.ts";
import { OperatorError } from "../core/operator-error.ts";
import { offsiteSecretsVolume } from "../core/secrets.ts";
import { servicesOf } from "../core/spec.ts";
import { type HostBundle, hostBundle } from "../stacks/host-bundle.ts";
import type { HostRest } from "./host.ts";
import { onTarget, type Target } from "./target.ts";

/** What of the server a `down` takes back beyond its settings, and the program that does it. */
export interface ServerRest extends HostRest {
  readonly bundle: HostBundle;
}

/** @throws OperatorError where the config leaves the server as it is; undefined where nothing is asked for */
export function serverRest(environment: Environment, asked: HostRest): ServerRest | undefined {
  if (!asked.swap && !asked.packages) return undefined;
  const bundle = hostBundle(environment, planOf(environment));
  if (bundle) return { ...asked, bundle };
  throw new OperatorError(
    `environments.${environment.name}.host: must say that the server is Plimsoll's before its swap or packages go, got no host key or no ssh target; leave --swap and --packages out`,
  );
}

/** No `down` removes them: the backups, and the key to their copies elsewhere, even where the config has since left them out. */
export function backupVolumes(environment: Environment): Set<string> {
  const stores = servicesOf(environment.services, "postgres");
  const backups = stores.map(([name]) => volumeName(environment, name, "backups"));
  return new Set([...backups, offsiteSecretsVolume(environment)]);
}

/** Where an apply notes what it is about to install. */
const NOTED_PACKAGES = "/var/lib/plimsoll/host/packages";
const DOCKER_PACKAGE = "docker.io";

async function isDockerNoted(target: Target): Promise<boolean> {
  const { stdout } = await target.run(["cat", NOTED_PACKAGES], { reject: false });
  return String(stdout).split("\n").includes(DOCKER_PACKAGE);
}

interface Goes {
  readonly environment: Environment;
  readonly target: Target;
  /** Data and secrets go. */
  readonly volumes: boolean;
}

/** Names on the target's Docker of what is not this environment's. */
async function others({ environment, target }: Goes, list: readonly string[]): Promise<string[]> {
  const { stdout } = await target.docker(list);
  return String(stdout)
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split("\t"))
    .filter(([, project, owner]) => project !== environment.project || owner !== environment.name)
    .map(([name = ""]) => name);
}

const labels = `{{.Label "${PROJECT_LABEL}"}}\t{{.Label "${ENVIRONMENT_LABEL}"}}`;

async function volumesThatStay(goes: Goes): Promise<string[]> {
  const { stdout } = await goes.target.docker(["volume", "ls", "--quiet"]);
  const all = String(stdout).split("\n").filter(Boolean);
  if (!goes.volumes) return all;
  const backups = backupVolumes(goes.environment);
  const foreign = await others(goes, ["volume", "ls", "--format", `{{.Name}}\t${labels}`]);
  return all.filter((name) => backups.has(name) || foreign.includes(name));
}

/**
 * Docker goes with its images only: before anything is taken down, what would stay in it is told.
 * @throws OperatorError with the lines that remove it
 */
export async function requireUnneededDocker(goes: Goes): Promise<void> {
  const { environment, target } = goes;
  if (!(await isDockerNoted(target))) return;
  const containers = await others(goes, ["ps", "--all", "--format", `{{.Names}}\t${labels}`]);
  const volumes = await volumesThatStay(goes);
  const lines = [
    ...(containers.length > 0 ? [`docker rm --force ${containers.join(" ")}`] : []),
    ...(volumes.length > 0 ? [`docker volume rm ${volumes.join(" ")}`] : []),
  ];
  if (lines.length === 0) return;
  throw new OperatorError(
    `environments.${environment.name}: Docker must hold nothing else before it goes, got ${[...containers, ...volumes].join(", ")}; ` +
      `leave --packages out, or take the environment down without it, save what you need, and remove the rest: ${onTarget(target, lines.join(" && "))}`,
  );
}
