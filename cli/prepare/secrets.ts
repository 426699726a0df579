import { readFile } from "node:fs/promises";
import type { Environment } from "../../config/environment.ts";
import { volumeName } from "../../core/names.ts";
import { OperatorError } from "../../core/operator-error.ts";
import {
  OPERATOR_USER,
  type SecretFile,
  type SecretVolume,
  secretVolumes,
} from "../../core/secrets.ts";
import { USERS } from "../../core/users.ts";
import type { Report } from "../report.ts";
import type { Target } from "../target.ts";

/** The script's own word for something that the operator can put right. */
const REFUSED_EXIT = 3;

/** Chown to the container's user, and read what already belongs to it. */
const CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER"] as const;

function order({ service, uid }: SecretVolume, secret: SecretFile): string[] {
  const head = [service, secret.file, String(uid)];
  switch (secret.kind) {
    case "random":
      return ["random", ...head];
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
  return [
    ...["host", "nginx", "certificate.pem", uid, tls.certificate],
    ...["host", "nginx", "key.pem", uid, tls.key],
  ];
}

function mounts(environment: Environment, volumes: readonly SecretVolume[]): string[] {
  const tls = environment.tls
    ? [`${volumeName(environment, "nginx", "secrets")}:/secrets/nginx`, "/:/host:ro"]
    : [];
  const bound = [...volumes.map(({ service, volume }) => `${volume}:/secrets/${service}`), ...tls];
  return bound.flatMap((mount) => ["--volume", mount]);
}

/**
 * Makes the secrets that are missing, on the target, in a container without a network: no value ever
 * leaves the server. Existing ones stay.
 * @param image any image with a shell that is already there
 */
export async function ensureSecrets(
  target: Target,
  environment: Environment,
  { image, report }: { image: string; report: Report },
): Promise<void> {
  const volumes = secretVolumes(environment);
  const orders = volumes.flatMap((volume) => volume.files.flatMap((file) => order(volume, file)));
  const script = await readFile(new URL("./make-secrets.sh", import.meta.url), "utf8");
  const { stdout, stderr, exitCode } = await target.docker(
    [
      ...[
        "run",
        "--rm",
        "--interactive",
        "--network=none",
        "--user=0:0",
        "--read-only",
        "--cap-drop=ALL",
      ],
      ...CAPABILITIES.map((capability) => `--cap-add=${capability}`),
      ...mounts(environment, volumes),
      ...["--entrypoint=sh", image, "-s", "--", ...orders, ...certificateOrders(environment)],
    ],
    { input: script, reject: false },
  );
  if (exitCode === REFUSED_EXIT) throw new OperatorError(String(stderr).trim());
  if (exitCode !== 0) throw new Error(`secrets on ${target.name}: ${stderr}`);
  const made = Number(stdout);
  if (made > 0) report.detail(`${made} secrets made on ${target.name}`);
}
