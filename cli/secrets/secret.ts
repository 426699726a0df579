import type { Environment } from "../../config/environment.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { type SecretFile, secretVolumes } from "../../core/secrets.ts";
import { environmentImages } from "../../images/environment.ts";
import { targetRecord } from "../../stacks/target-record.ts";
import { ship } from "../images/ship.ts";
import type { SecretName } from "../prepare/secrets.ts";
import { ensureVolumes } from "../prepare/volumes.ts";
import type { Report } from "../report.ts";
import type { Target } from "../target.ts";

export interface SecretsContext {
  readonly environment: Environment;
  readonly target: Target;
  readonly report: Report;
}

/** A secret of the config, and whose user reads it. */
export interface Secret extends SecretName {
  readonly uid: number;
  readonly made: SecretFile;
}

/** @throws OperatorError naming those that there are */
export function findSecret({ environment }: SecretsContext, name: string): Secret {
  const [service = "", file = ""] = name.split("/");
  const volumes = secretVolumes(environment);
  const volume = volumes.find((each) => each.service === service);
  const made = volume?.files.find((each) => each.file === file);
  if (volume && made) return { service, file, uid: volume.uid, made };
  const known = volumes.flatMap((each) => each.files.map((one) => `${each.service}/${one.file}`));
  throw new OperatorError(
    `secret ${name}: must be one of environments.${environment.name}, got none of that name; use one of ${known.join(", ")}, ` +
      "or name it in the secrets of its app",
  );
}

/** Any image with a shell; sent to the target where it lacks it. */
export async function shellImage({ environment, target, report }: SecretsContext): Promise<string> {
  const { guard } = environmentImages(environment, targetRecord(environment));
  await ship([guard], target, report);
  await ensureVolumes(target, environment);
  return guard.reference;
}

/** Where a secret comes from, in words. */
export function originOf(secret: SecretFile): string {
  switch (secret.kind) {
    case "own":
      return "yours";
    case "copy":
      return `copy of ${secret.of.service}/${secret.of.file}`;
    case "redis-acl":
      return "made from the cache passwords";
    case "random":
      return "made here";
    case "key":
      return "made here once";
  }
}
