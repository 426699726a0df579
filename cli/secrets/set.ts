import { OperatorError } from "../../core/operator-error.ts";
import { restartInTurn } from "../restart.ts";
import { findSecret, originOf, type SecretsContext, shellImage } from "./secret.ts";
import { inSecretVolumes } from "./volumes-container.ts";

/**
 * Complete or not there: an input that breaks off leaves the old one. What an old key has encrypted can be read with
 * nothing else, so it stays beside the new one. Arguments: PATH UID KIND.
 */
const PUT = `set -eu
umask 077
cat >"$1.new"
[ -s "$1.new" ] || { rm -f "$1.new"; exit 3; }
chown "$2:0" "$1.new"
chmod 0400 "$1.new"
[ "$3" != key ] || [ ! -e "$1" ] || cmp -s "$1" "$1.new" || mv "$1" "$1.before"
mv "$1.new" "$1"`;
const EMPTY_EXIT = 3;

/**
 * Writes a secret of the operator's own, or the key of an earlier server, on the target, and restarts the slots that read it.
 * @throws OperatorError when the config names no such secret, Plimsoll makes it, or the value is empty
 */
export async function setSecret(
  context: SecretsContext,
  name: string,
  value: Uint8Array,
): Promise<void> {
  const { environment, target, report } = context;
  const { service, file, uid, made } = findSecret(context, name);
  if (made.kind !== "own" && made.kind !== "key") {
    throw new OperatorError(
      `secret ${name}: must be one of your own, got one that is ${originOf(made)}; ./plimsoll secrets rotate ${name} ${environment.name} makes it anew`,
    );
  }
  const image = await shellImage(context);
  const args = [`/secrets/${service}/${file}`, String(uid), made.kind];
  const put = await inSecretVolumes(target, environment, { image, text: PUT, args, input: value });
  if (put.exitCode === EMPTY_EXIT) {
    throw new OperatorError(
      `secret ${name}: must not be empty, got nothing on stdin; give the value there: ./plimsoll secrets set ${name} ${environment.name} <FILE`,
    );
  }
  if (put.exitCode !== 0) throw new Error(`secret ${name} on ${target.name}: ${put.stderr}`);
  report.done(`secret ${name} is on ${target.name}`);
  await restartInTurn(context, (container) => container.service === service);
}
