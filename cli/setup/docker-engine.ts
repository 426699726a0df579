import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { OperatorError } from "../../core/operator-error.ts";
import type { Report } from "../report.ts";
import { installPackages, packageCandidate, refreshPackageLists } from "./apt.ts";
import { whyNoPackages } from "./distribution.ts";
import { DAEMON_PLACES, type DaemonPlaces, startDaemon } from "./dockerd.ts";
import { findProgram } from "./program.ts";

const ANSWER_TIMEOUT_MS = 10_000;
const DEFAULT_SOCKET = "unix:///var/run/docker.sock";
const APPARMOR_SWITCH = "/sys/module/apparmor/parameters/enabled";

export type EngineState =
  | { readonly kind: "answers"; readonly version: string }
  /** There is no docker client to ask with. */
  | { readonly kind: "no-client" }
  | { readonly kind: "denied" | "silent"; readonly detail: string };

/** Asks the engine itself, where DOCKER_HOST or the docker context points: a client alone is no engine. */
export async function engineState(): Promise<EngineState> {
  const asked = await execa("docker", ["version", "--format", "{{.Server.Version}}"], {
    reject: false,
    timeout: ANSWER_TIMEOUT_MS,
    stdin: "ignore",
  });
  if (asked.code === "ENOENT") return { kind: "no-client" };
  if (asked.exitCode === 0) return { kind: "answers", version: asked.stdout.trim() };
  const detail = asked.stderr.trim().split("\n").at(-1) ?? "";
  return { kind: /permission denied/i.test(detail) ? "denied" : "silent", detail };
}

const answers = async () => (await engineState()).kind === "answers";

/** The endpoint that the operator chose, as `DOCKER_HOST tcp://…`; undefined for this machine's own engine. */
async function chosenEndpoint(): Promise<string | undefined> {
  const host = process.env["DOCKER_HOST"];
  if (host) return host === DEFAULT_SOCKET ? undefined : `DOCKER_HOST ${host}`;
  const shown = await execa("docker", ["context", "show"], { reject: false });
  const context = shown.exitCode === 0 ? shown.stdout.trim() : "default";
  return context === "default" || context === "" ? undefined : `docker context ${context}`;
}

async function refuseWhatIsNotOurs(state: EngineState): Promise<void> {
  const chosen = await chosenEndpoint();
  if (state.kind === "denied") {
    throw new OperatorError(
      `docker engine: this user may not use it (${state.detail}); add the user to the group docker (usermod -aG docker USER, as root), log in again, then run this again`,
    );
  }
  if (chosen !== undefined) {
    const detail = state.kind === "silent" ? state.detail : "there is no docker client";
    throw new OperatorError(
      `docker engine: ${chosen} does not answer (${detail}); start the engine there, or unset DOCKER_HOST and run 'docker context use default' to use this machine's engine`,
    );
  }
}

interface Installed {
  readonly client: boolean;
  readonly daemon: boolean;
  readonly iptables: boolean;
}

async function missingPackages(installed: Installed): Promise<string[]> {
  await refreshPackageLists();
  const packages = installed.daemon ? [] : ["docker.io"];
  // Since Debian 13 the client is a package of its own; before, and on Ubuntu, docker.io brings it.
  const clientPackage = (await packageCandidate("docker-cli")) ? "docker-cli" : "docker.io";
  if (!installed.client) packages.push(clientPackage);
  if (!installed.iptables) packages.push("iptables");
  // Where the kernel has AppArmor on, no container starts without its parser.
  const apparmor = await readFile(APPARMOR_SWITCH, "utf8").catch(() => "");
  if (apparmor.startsWith("Y")) packages.push("apparmor");
  return [...new Set(packages)];
}

async function installEngine(
  state: EngineState,
  places: DaemonPlaces,
  report: Report,
): Promise<void> {
  const has = async (name: string) =>
    (await findProgram(name, places.programFolders)) !== undefined;
  const client = state.kind !== "no-client";
  const installed = { client, daemon: await has("dockerd"), iptables: await has("iptables") };
  if (installed.daemon && installed.client) return;
  const what = installed.daemon ? "its client is not installed" : "not installed";
  const refusal = await whyNoPackages();
  if (refusal !== undefined) {
    throw new OperatorError(
      `docker engine: ${what}, and ${refusal}; install Docker Engine 20.10 or newer (docs.docker.com/engine/install), or run this as root on Debian or Ubuntu`,
    );
  }
  await installPackages("docker engine", await missingPackages(installed), report);
}

async function startInstalled(places: DaemonPlaces, report: Report): Promise<void> {
  const dockerd = await findProgram("dockerd", places.programFolders);
  if (process.getuid?.() !== 0 || dockerd === undefined) {
    throw new OperatorError(
      "docker engine: installed but not running, and this user is not root; start it (systemctl enable --now docker, as root), then run this again",
    );
  }
  await startDaemon({ dockerd, places, answers }, report);
}

/**
 * Sees to it that a Docker engine answers; installs it from the distribution and starts it where there is none.
 * @returns the engine's version
 * @throws OperatorError with the fix where an engine cannot be had from here, or does not start
 */
export async function ensureDockerEngine(
  report: Report,
  places: DaemonPlaces = DAEMON_PLACES,
): Promise<string> {
  const state = await engineState();
  if (state.kind === "answers") return state.version;
  await refuseWhatIsNotOurs(state);
  await installEngine(state, places, report);
  // The package may have started it already.
  if (!(await answers())) await startInstalled(places, report);
  const now = await engineState();
  if (now.kind !== "answers") throw new Error("docker engine: answered, then fell silent");
  report.done(`docker engine: ${now.version} answers`);
  return now.version;
}
