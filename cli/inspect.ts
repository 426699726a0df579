import type { ExecaError } from "execa";
import type { Environment } from "../config/environment.ts";
import { OperatorError } from "../core/operator-error.ts";
import { type ImageSource, officialTags } from "../images/runtime.ts";
import { readTargetRecord, type TargetRecord, writeTargetRecord } from "../stacks/target-record.ts";
import { pin } from "./images/pin.ts";
import { registryAnswers } from "./images/registry.ts";
import type { Target } from "./target.ts";

interface EngineInfo {
  readonly ID?: string;
  readonly CgroupDriver: string;
  readonly ServerVersion?: string;
  readonly ServerErrors?: readonly string[];
}

/** What ssh and docker say, and what it means to the operator. */
const CAUSES: readonly [pattern: RegExp, sentence: string][] = [
  [
    /Permission denied \(|Too many authentication failures/,
    "refuses the key; add your public key to the server's authorized_keys or name the right one in sshOptions",
  ],
  [
    /Host key verification failed|REMOTE HOST IDENTIFICATION/,
    "has an unknown host key; connect once with ssh and check the fingerprint",
  ],
  [/Could not resolve hostname/, "has no address; correct the host name"],
  [
    /Connection refused|timed out|No route to host|Connection closed|Network is unreachable/,
    "does not answer; is it running, and is the port right?",
  ],
  [
    /docker: (command )?not found|docker: No such file|unknown command: docker/,
    "has no Docker; install Docker Engine there (apt-get install docker.io), or let up do it: write host: {} into the environment",
  ],
  [
    /Cannot connect to the Docker daemon|Is the docker daemon running/,
    "has a Docker that is not running; start it (systemctl enable --now docker)",
  ],
  [
    /permission denied while trying to connect|dial unix .*permission denied/i,
    "does not let this user use Docker; log in as root or add the user to the group docker",
  ],
];

/** What a failure of ssh or docker on a target means; undefined where its words are not known. */
export function causeOf(output: string): string | undefined {
  return CAUSES.find(([pattern]) => pattern.test(output))?.[1];
}

function explain(target: Target, output: string): OperatorError {
  const cause = causeOf(output);
  return new OperatorError(
    `target ${target.name}: ${cause ?? `docker info failed: ${output.trim()}; run ./plimsoll doctor`}`,
  );
}

/** @throws OperatorError saying why the engine of the target cannot be used */
export async function inspectEngine(target: Target): Promise<EngineInfo> {
  try {
    const { stdout } = await target.docker(["info", "--format", "{{json .}}"], { timeout: 60_000 });
    const info = JSON.parse(String(stdout)) as EngineInfo;
    if (info.ServerErrors?.length || !info.ServerVersion)
      throw explain(target, (info.ServerErrors ?? []).join("\n"));
    return info;
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const { stderr, stdout, message } = error as ExecaError;
    throw explain(target, `${stderr ?? ""}${stdout ?? ""}` || message);
  }
}

export function driverOf({ CgroupDriver }: EngineInfo): TargetRecord["cgroupDriver"] {
  return CgroupDriver === "systemd" ? "systemd" : "cgroupfs";
}

async function imageSource(
  environment: Environment,
  known: TargetRecord | undefined,
): Promise<ImageSource> {
  if (environment.images !== "auto") return environment.images;
  return known?.images ?? ((await registryAnswers()) ? "official" : "debian");
}

/** Looks at the target and keeps for synth what cannot be computed. Images are chosen once and stay. */
export async function inspectTarget(
  environment: Environment,
  target: Target,
): Promise<TargetRecord> {
  const engine = await inspectEngine(target);
  const known = readTargetRecord(environment);
  const images = await imageSource(environment, known);
  const record: TargetRecord = {
    cgroupDriver: driverOf(engine),
    images,
    digests: images === "official" ? await pin(officialTags(), known?.digests ?? {}, target) : {},
    ...(engine.ID && { engine: engine.ID }),
  };
  writeTargetRecord(environment, record);
  return record;
}
