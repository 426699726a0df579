import { execa } from "execa";
import { type Check, note, ok, problem } from "./check.ts";
import { whyNoPackages } from "./distribution.ts";
import { type EngineState, engineState } from "./docker-engine.ts";
import { diskCheck } from "./machine-checks.ts";
import { isAtLeast } from "./version.ts";

/** The first with cgroup v2, and the oldest that Debian still ships. */
const ENGINE_VERSION_MIN = "20.10";
const ANSWER_TIMEOUT_MS = 10_000;

/** What `docker info` says of the limits that the engine can hold. */
export interface EngineInfo {
  readonly CgroupVersion: string;
  readonly CgroupDriver: string;
  readonly MemoryLimit: boolean;
  readonly SwapLimit: boolean;
  readonly DockerRootDir: string;
}

async function missing(state: EngineState): Promise<Check> {
  const found = "detail" in state ? state.detail : "not installed";
  if (state.kind === "denied") {
    const fix = "add the user to the group docker (usermod -aG docker USER, as root), log in again";
    return problem("docker engine", found, fix);
  }
  const refusal = await whyNoPackages();
  const byHand = `install and start Docker Engine ${ENGINE_VERSION_MIN} or newer, as root (${refusal})`;
  const fix = refusal === undefined ? "./plimsoll up installs and starts it" : byHand;
  return problem("docker engine", found, fix);
}

/** What of the declared limits this engine's kernel will hold. */
export function limitChecks(info: EngineInfo): Check[] {
  const cgroups = `version ${info.CgroupVersion}, driver ${info.CgroupDriver}`;
  return [
    info.CgroupVersion === "2"
      ? ok("cgroups", cgroups)
      : note("cgroups", `${cgroups}: reservations are set, but protect only under version 2`),
    info.MemoryLimit
      ? ok("memory limits", "held by the kernel")
      : problem("memory limits", "not supported", "boot with cgroup_enable=memory"),
    info.SwapLimit
      ? ok("swap accounting", "on")
      : problem("swap accounting", "off: containers may swap at will", "boot with swapaccount=1"),
  ];
}

async function engineInfo(): Promise<EngineInfo> {
  const { stdout } = await execa("docker", ["info", "--format", "{{json .}}"], {
    timeout: ANSWER_TIMEOUT_MS,
  });
  return JSON.parse(stdout) as EngineInfo;
}

export async function engineChecks(): Promise<Check[]> {
  const state = await engineState();
  if (state.kind !== "answers") return [await missing(state)];
  const info = await engineInfo();
  const engine = isAtLeast(state.version, ENGINE_VERSION_MIN)
    ? ok("docker engine", state.version)
    : problem("docker engine", state.version, `update it to ${ENGINE_VERSION_MIN} or newer`);
  const isHere = process.env["DOCKER_HOST"] === undefined;
  const disk = isHere ? [await diskCheck("disk, images", info.DockerRootDir)] : [];
  return [engine, ...limitChecks(info), ...disk];
}
