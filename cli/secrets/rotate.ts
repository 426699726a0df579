import { planOf } from "../../config/environment.ts";
import { OperatorError } from "../../core/operator-error.ts";
import {
  CACHE_PASSWORD,
  DATABASE_PASSWORD,
  OPERATOR_PASSWORD,
  type SecretFile,
  SUPERUSER_PASSWORD,
} from "../../core/secrets.ts";
import { servicesOf } from "../../core/spec.ts";
import { ownContainers } from "../containers.ts";
import { ensureDatabases, setSuperuserPassword } from "../databases.ts";
import { ensureSecrets, type SecretName } from "../prepare/secrets.ts";
import { restartInTurn } from "../restart.ts";
import { findSecret, originOf, type SecretsContext, shellImage } from "./secret.ts";

async function isUp({ environment, target }: SecretsContext): Promise<boolean> {
  const found = await ownContainers(target, environment);
  return found.some(({ state }) => state === "running");
}

/** Tells the other end of the connection, then restarts who logs in with it. */
async function takeIntoUse(context: SecretsContext, { service, file }: SecretName): Promise<void> {
  const { environment, target } = context;
  if (file === DATABASE_PASSWORD) await ensureDatabases(environment, target, planOf(environment));
  if (file === SUPERUSER_PASSWORD) return setSuperuserPassword(environment, target);
  const redis = servicesOf(environment.services, "redis").map(([name]) => name);
  const rereads = [CACHE_PASSWORD, OPERATOR_PASSWORD].includes(file) ? redis : [];
  // The store first: the slots that follow log in with the new password.
  await restartInTurn(context, (one) => rereads.includes(one.service));
  await restartInTurn(context, (one) => one.service === service && !rereads.includes(service));
}

/** What to do with one that is not to be rotated. */
function insteadOf(name: string, { kind }: SecretFile, environment: string): string {
  const set = `with ./plimsoll secrets set ${name} ${environment} <FILE`;
  if (kind === "own") return `give its new value ${set}`;
  // restic itself adds and removes keys of a repository.
  if (kind === "key") return `change it in the repository with restic key passwd, then here ${set}`;
  return "rotate that one";
}

/**
 * Makes a secret anew on the target, tells both ends of its connection, and restarts the containers that read it.
 * @throws OperatorError when it is not one that Plimsoll makes
 */
export async function rotateSecret(context: SecretsContext, name: string): Promise<void> {
  const { environment, target, report } = context;
  const { service, file, made } = findSecret(context, name);
  if (made.kind !== "random") {
    throw new OperatorError(
      `secret ${name}: must be made here at random, got one that is ${originOf(made)}; ${insteadOf(name, made, environment.name)}`,
    );
  }
  const image = await shellImage(context);
  await ensureSecrets(target, environment, { image, report, rotate: { service, file } });
  if (await isUp(context)) await takeIntoUse(context, { service, file });
  report.done(`secret ${name} is new on ${target.name}`);
}
