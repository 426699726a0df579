import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { OperatorError } from "../../core/operator-error.ts";
import type { Report } from "../report.ts";
import { installPackages, packageCandidate, packageNames, refreshPackageLists } from "./apt.ts";
import { whyNoPackages } from "./distribution.ts";
import { isAtLeast } from "./version.ts";

/** Go since 1.21 fetches the toolchain that a go.mod asks for, where GOTOOLCHAIN allows it. */
const TOOLCHAIN_TIMEOUT_MS = 300_000;
const VENDOR_BINARY = "/usr/local/go/bin/go";
const DEBIAN_FOLDER = "/usr/lib";
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/** The Go version that a module asks for in its go.mod. */
export async function requiredGo(module: string): Promise<string> {
  const text = await readFile(join(module, "go.mod"), "utf8");
  const version = /^go (\S+)$/m.exec(text)?.[1];
  if (version === undefined) throw new Error(`${module}/go.mod has no go line`);
  return version;
}

/** `go` in PATH, then where the vendor's archive and Debian's versioned packages put it. */
async function candidates(): Promise<string[]> {
  const debian = (await readdir(DEBIAN_FOLDER).catch(() => []))
    .filter((name) => /^go-\d/.test(name))
    .map((name) => join(DEBIAN_FOLDER, name, "bin/go"));
  return ["go", ...[VENDOR_BINARY, ...debian].filter((file) => existsSync(file))];
}

/** The version that this `go` would build the module with; undefined where it cannot. */
async function versionFor(go: string, module: string): Promise<string | undefined> {
  const { exitCode, stdout } = await execa(go, ["env", "GOVERSION"], {
    cwd: module,
    reject: false,
    timeout: TOOLCHAIN_TIMEOUT_MS,
    env: { GOWORK: "off" },
  });
  return exitCode === 0 ? stdout.trim().replace(/^go/, "") : undefined;
}

/** A Go that can build the module; undefined where there is none. */
export async function findGo(module: string): Promise<string | undefined> {
  const minimum = await requiredGo(module);
  for (const go of await candidates()) {
    const version = await versionFor(go, module);
    if (version !== undefined && isAtLeast(version, minimum)) return go;
  }
  return undefined;
}

/** The newest `golang-1.N-go` in the distribution's lists as they are here, where that is new enough. */
export async function goPackage(minimum: string): Promise<string | undefined> {
  const names = (await packageNames("golang-1.")).filter((name) => /^golang-1\.\d+-go$/.test(name));
  const newestFirst = names.sort((a, b) => (isAtLeast(a, b) ? -1 : 1));
  for (const name of newestFirst) {
    const version = await packageCandidate(name);
    if (version !== undefined && isAtLeast(version, minimum)) return name;
  }
  return undefined;
}

/**
 * A Go that can build the module, installed from the distribution where there is none and it has one.
 * @param thing what it is for: `docker provider`
 * @throws OperatorError that says which Go is needed
 */
export async function ensureGo(thing: string, module: string, report: Report): Promise<string> {
  const found = await findGo(module);
  if (found !== undefined) return found;
  const minimum = await requiredGo(module);
  const refusal = await whyNoPackages();
  if (refusal === undefined) await refreshPackageLists();
  const name = refusal === undefined ? await goPackage(minimum) : undefined;
  if (name === undefined) {
    throw new OperatorError(
      `${thing}: the Terraform Registry does not answer, and building it needs Go ${minimum} or newer, which is not here and cannot be installed from here (${refusal ?? "the distribution's is older"}); install Go (go.dev/dl), or set GOTOOLCHAIN=auto where there is Go 1.21 or newer, then run this again`,
    );
  }
  const certificates = existsSync(CERTIFICATES) ? [] : ["ca-certificates"];
  await installPackages(thing, [name, ...certificates], report);
  const installed = await findGo(module);
  if (installed === undefined) throw new Error(`${name} is installed but builds nothing`);
  return installed;
}
