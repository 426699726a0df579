import { readFile } from "node:fs/promises";
import type { Environment } from "../../config/environment.ts";
import { OperatorError } from "../../core/operator-error.ts";
import {
  OPERATOR_USER,
  type SecretFile,
  type SecretVolume,
  secretVolumes,
} from "../../core/secrets.ts";
import { USERS } from "../../core/users.ts";
import { batchProgram } from "../../stacks/batch-program.ts";
import type { Report } from "../report.ts";
import { inSecretVolumes } from "../secrets/volumes-container.ts";
import type { Target } from "../target.ts";

/** The script's own word for something that the operator can put right. */
const REFUSED_EXIT = 3;

/** One file of one service. */
export interface SecretName {
  readonly service: string;
  readonly file: string;
}

function order({ service, uid }: SecretVolume, secret: SecretFile, isNew: boolean): string[] {
  const head = [service, secret.file, String(uid)];
  switch (secret.kind) {
    case "key":
    case "random":
      return [isNew ? "rotate" : "random", ...head];
    case "own":
      return ["own", ...head];
    case "copy":
      return ["copy", ...head, secret.of.service, secret.of.file];
    case "redis-acl":
      return ["acl", ...head, OPERATOR_USER, ...secret.users, "."];
  }
}

/** The server's certificate, from where its renewal keeps it into the volume that only nginx mounts. */
function certificateOrders({ tls }: Environment): string[] {
  if (!tls) return [];
  const uid = String(USERS.nginx.uid);
  return ["pair", "nginx", "certificate.pem", uid, tls.certificate, tls.key];
}

/** What the script tells: lines of a word and its value. */
function told(stdout: string, word: string): string[] {
  const lines = stdout.split("\n").map((line) => line.split(" "));
  return lines.filter(([first]) => first === word).map(([, value = ""]) => value);
}

function missingProblem(name: string, secret: string): string {
  return (
    `environments.${name}: secret ${secret} must be on the server, got none; ` +
    `put it there with ./plimsoll secrets set ${secret} ${name} <FILE`
  );
}

export interface SecretsOptions {
  /** Any image with a shell that is already there. */
  readonly image: string;
  readonly report: Report;
  /** Made anew, with its copies. @default none */
  readonly rotate?: SecretName;
}

/**
 * Makes the secrets that are missing on the target. Existing ones stay.
 * @throws OperatorError naming those that only the operator can put there
 */
export async function ensureSecrets(
  target: Target,
  environment: Environment,
  { image, report, rotate }: SecretsOptions,
): Promise<void> {
  const isNew = ({ service }: SecretVolume, { file }: SecretFile) =>
    rotate?.service === service && rotate.file === file;
  const orders = secretVolumes(environment).flatMap((volume) =>
    volume.files.flatMap((file) => order(volume, file, isNew(volume, file))),
  );
  const own = await readFile(new URL("./make-secrets.sh", import.meta.url), "utf8");
  const text = `${batchProgram(["pair"])}\n${own}`;
  const args = [...orders, ...certificateOrders(environment)];
  const { exitCode, stdout, stderr } = await inSecretVolumes(target, environment, {
    ...{ image, text, args },
  });
  if (exitCode === REFUSED_EXIT) throw new OperatorError(stderr.trim());
  if (exitCode !== 0) throw new Error(`secrets on ${target.name}: ${stderr}`);
  const [made = "0"] = told(stdout, "made");
  if (made !== "0") report.detail(`${made} secrets made on ${target.name}`);
  const missing = told(stdout, "missing");
  if (missing.length > 0)
    throw new OperatorError(missing.map((secret) => missingProblem(environment.name, secret)));
}
