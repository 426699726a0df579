import { OperatorError } from "../../core/operator-error.ts";
import { findSecret, originOf, type SecretsContext, shellImage } from "./secret.ts";
import { inSecretVolumes } from "./volumes-container.ts";

/** Argument: PATH. */
const READ = 'cat "$1"';

/**
 * The one kind of secret that has to outlive its server: the key to what is kept elsewhere.
 * @throws OperatorError for every other secret, which is made again or known already, and where it is not there yet
 */
export async function showSecret(context: SecretsContext, name: string): Promise<string> {
  const { environment, target } = context;
  const { service, file, made } = findSecret(context, name);
  if (made.kind !== "key") {
    throw new OperatorError(
      `secret ${name}: must be a key that has to outlive its server, got one that is ${originOf(made)}; no other is ever shown`,
    );
  }
  const image = await shellImage(context);
  const args = [`/secrets/${service}/${file}`];
  const read = await inSecretVolumes(target, environment, { image, text: READ, args });
  if (read.exitCode !== 0) {
    throw new OperatorError(
      `secret ${name}: must be on ${target.name}, got none yet; ./plimsoll up ${environment.name} makes it`,
    );
  }
  return read.stdout.trim();
}
