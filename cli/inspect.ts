import type { ExecaError } from "execa";
import type { Environment } from "../config/environment.ts";
import { OperatorError } from "../core/operator-error.ts";
import { type ImageSource, officialTags } from "../images/runtime.ts";
import { readTargetRecord, type TargetRecord, writeTargetRecord } from "../stacks/target-record.ts";
import { causeOf } from "./cause.ts";
import { pin } from "./images/pin.ts";
import { registryAnswers } from "./images/registry.ts";
import type { Target } from "./target.ts";

interface EngineInfo {
  readonly ID?: string;
  readonly CgroupDriver: string;
  readonly ServerVersion?: string;
  readonly ServerErrors?: readonly string[];
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
