import type { Environment } from "../../config/environment.ts";
import { volumeName } from "../../core/names.ts";
import { type SecretVolume, secretVolumes } from "../../core/secrets.ts";
import type { Target } from "../target.ts";

/** Chown to the container's user, and read what already belongs to it. */
const CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER"] as const;
const ISOLATION = [
  ...["--rm", "--interactive", "--network=none", "--user=0:0", "--read-only", "--cap-drop=ALL"],
  ...CAPABILITIES.map((capability) => `--cap-add=${capability}`),
];

function mounts(environment: Environment, volumes: readonly SecretVolume[]): string[] {
  const tls = environment.tls
    ? [`${volumeName(environment, "nginx", "secrets")}:/secrets/nginx`, "/:/host:ro"]
    : [];
  const bound = [...volumes.map(({ service, volume }) => `${volume}:/secrets/${service}`), ...tls];
  return bound.flatMap((mount) => ["--volume", mount]);
}

export interface Script {
  /** Any image with a shell that is already on the target. */
  readonly image: string;
  readonly text: string;
  readonly args: readonly string[];
  /** @default nothing */
  readonly input?: string | Uint8Array;
}

/**
 * Runs a shell script as root in a container without a network, with the secrets of every service at
 * `/secrets/<service>`: no value leaves the server but by what the script prints.
 */
export async function inSecretVolumes(
  target: Target,
  environment: Environment,
  { image, text, args, input = "" }: Script,
): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
  const volumes = mounts(environment, secretVolumes(environment));
  const command = ["run", ...ISOLATION, ...volumes, "--entrypoint=sh", image, "-c", text, "sh"];
  const { exitCode, stdout, stderr } = await target.docker([...command, ...args], {
    input,
    reject: false,
  });
  return { exitCode, stdout: String(stdout), stderr: String(stderr) };
}
