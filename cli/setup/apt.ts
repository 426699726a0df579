import { execa } from "execa";
import { OperatorError } from "../../core/operator-error.ts";
import type { Report } from "../report.ts";

/** Another package manager, such as unattended-upgrades, is waited for instead of failing at once. */
const DPKG_LOCK_WAIT_SECONDS = 300;
const SHOWN_LINES = 15;

/** Never removes a package of the operator's to make room for ours. */
const INSTALL = [
  "-o",
  `DPkg::Lock::Timeout=${DPKG_LOCK_WAIT_SECONDS}`,
  "install",
  "-y",
  "--no-install-recommends",
  "--no-remove",
] as const;

let areListsFresh = false;

function aptGet(args: readonly string[]) {
  return execa("apt-get", args, {
    all: true,
    reject: false,
    stdin: "ignore",
    env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" },
  });
}

/** Fetches the package lists, once per run. One source of many may be down: the install decides. */
export async function refreshPackageLists(): Promise<void> {
  if (areListsFresh) return;
  await aptGet(["update"]);
  areListsFresh = true;
}

/** The version that would be installed; undefined where the distribution has no such package. */
export async function packageCandidate(name: string): Promise<string | undefined> {
  const { stdout } = await execa("apt-cache", ["policy", name], { env: { LC_ALL: "C.UTF-8" } });
  const version = /^\s*Candidate: (\S+)$/m.exec(stdout)?.[1];
  return version === "(none)" ? undefined : version;
}

/** Every package name that begins so. */
export async function packageNames(prefix: string): Promise<string[]> {
  const { stdout } = await execa("apt-cache", ["pkgnames", prefix]);
  return stdout.split("\n").filter(Boolean);
}

/**
 * Installs packages of Debian or Ubuntu, as root.
 * @param thing what they are for, as the operator knows it: `docker engine`
 * @throws OperatorError with the last lines of apt-get where it fails
 */
export async function installPackages(
  thing: string,
  packages: readonly string[],
  report: Report,
): Promise<void> {
  report.step(`${thing}: installing ${packages.join(" ")} (apt-get)`);
  await refreshPackageLists();
  const install = aptGet([...INSTALL, ...packages]);
  for await (const line of install.iterable({ from: "all" })) {
    if (line.startsWith("Setting up ")) report.detail(line);
  }
  const { exitCode, all } = await install;
  if (exitCode === 0) return;
  const tail = all.trim().split("\n").slice(-SHOWN_LINES).join("\n  ");
  throw new OperatorError(
    `${thing}: apt-get could not install ${packages.join(" ")}; put right what it says, then run this again:\n  ${tail}`,
  );
}
