import type { Environment } from "../../config/environment.ts";
import { ENVIRONMENT_LABEL, ownerLabels, PROJECT_LABEL, volumeName } from "../../core/names.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { secretVolumes } from "../../core/secrets.ts";
import { servicesOf } from "../../core/spec.ts";
import { onTarget, type Target } from "../target.ts";

/** Volumes that a destroy leaves: Terraform does not know them, so it cannot delete a database. */
export function lastingVolumes(environment: Environment): string[] {
  const { services } = environment;
  const stores = servicesOf(services, "redis").filter(([, { role }]) => role === "store");
  const data = [...servicesOf(services, "postgres"), ...stores].map(([name]) =>
    volumeName(environment, name, "data"),
  );
  const secrets = secretVolumes(environment).map(({ volume }) => volume);
  const certificates = environment.tls ? [volumeName(environment, "nginx", "secrets")] : [];
  const learned = volumeName(environment, "guard", "data");
  return [...data, ...secrets, ...certificates, learned];
}

interface FoundVolume {
  readonly name: string;
  readonly owned: boolean;
}

async function existing(target: Target, environment: Environment): Promise<FoundVolume[]> {
  const format = `{{.Name}}\t{{.Label "${PROJECT_LABEL}"}}\t{{.Label "${ENVIRONMENT_LABEL}"}}`;
  const { stdout } = await target.docker(["volume", "ls", "--format", format]);
  return String(stdout)
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [name = "", project, owner] = line.split("\t");
      return { name, owned: project === environment.project && owner === environment.name };
    });
}

/**
 * Makes the volumes that are missing.
 * @throws OperatorError when a name is taken by a volume that is not Plimsoll's; nothing is made then
 */
export async function ensureVolumes(target: Target, environment: Environment): Promise<void> {
  const found = new Map(
    (await existing(target, environment)).map(({ name, owned }) => [name, owned]),
  );
  const wanted = lastingVolumes(environment);
  const foreign = wanted.filter((name) => found.get(name) === false);
  if (foreign.length > 0) {
    throw new OperatorError(
      foreign.map(
        (name) =>
          `volume ${name}: must belong to ${environment.project}/${environment.name}, got a volume of somebody else's; ` +
          `set another project in the config, or remove it with what it holds: ${onTarget(target, `docker volume rm ${name}`)}`,
      ),
    );
  }
  const labels = Object.entries(ownerLabels(environment)).flatMap(([key, value]) => [
    "--label",
    `${key}=${value}`,
  ]);
  for (const name of wanted.filter((volume) => !found.has(volume))) {
    await target.docker(["volume", "create", ...labels, name]);
  }
}
