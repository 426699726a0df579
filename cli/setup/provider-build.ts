import { chmod, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { OperatorError } from "../../core/operator-error.ts";
import type { Report } from "../report.ts";
import { ensureGo } from "./go.ts";

/** The module that pins the provider's source: its own go.mod names a place where it cannot be fetched. */
export const PROVIDER_MODULE = fileURLToPath(new URL("../../provider/", import.meta.url));
const PACKAGE = "github.com/terraform-providers/terraform-provider-docker";
/** `no_compose` leaves out Docker Compose, a third of the binary, that no stack uses. */
const TAGS = ["-tags", "no_compose"] as const;
const SMALL = ["-trimpath", "-ldflags", "-s -w"] as const;

/** Ten times what two cores need. */
const BUILD_TIMEOUT_MS = 1_200_000;
const PROGRESS_STEPS = 10;
const DOWNLOADS_PER_LINE = 50;
const SHOWN_LINES = 15;

function go(binary: string, args: readonly string[]) {
  return execa(binary, args, {
    cwd: PROVIDER_MODULE,
    all: true,
    buffer: true,
    reject: false,
    stdin: "ignore",
    timeout: BUILD_TIMEOUT_MS,
    env: { GOWORK: "off", CGO_ENABLED: "0", HOME: homedir() },
  });
}

type GoRun = ReturnType<typeof go>;

async function finish(run: GoRun, what: string): Promise<string> {
  const { exitCode, timedOut, stdout, all } = await run;
  if (exitCode === 0) return stdout;
  const lines = all
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith("go: downloading "));
  const why = timedOut ? "took longer than 20 minutes" : "failed";
  throw new OperatorError(
    `docker provider: ${what} ${why}; see that the Go module proxy can be reached (go env GOPROXY) and there are 3 GB free, then run this again:\n  ${lines.slice(-SHOWN_LINES).join("\n  ")}`,
  );
}

/** Fetches the modules and says how many packages there are to compile. */
async function countPackages(binary: string, report: Report): Promise<number> {
  const run = go(binary, ["list", "-deps", ...TAGS, PACKAGE]);
  let downloads = 0;
  for await (const line of run.iterable({ from: "stderr" })) {
    if (!line.startsWith("go: downloading ")) continue;
    downloads += 1;
    if (downloads % DOWNLOADS_PER_LINE === 0) report.detail(`${downloads} modules fetched`);
  }
  return (await finish(run, "fetching its modules")).trim().split("\n").length;
}

async function compile(run: GoRun, packages: number, report: Report): Promise<void> {
  const step = Math.ceil(packages / PROGRESS_STEPS);
  let compiled = 0;
  for await (const _line of run.iterable({ from: "stderr" })) {
    compiled += 1;
    if (compiled % step === 0) report.detail(`${compiled} of ${packages} packages compiled`);
  }
  await finish(run, "go build");
}

/**
 * Builds the Docker provider from its Go module; the file appears whole or not at all.
 * Two cores take about two minutes, of which the operator sees every tenth.
 * @throws OperatorError where there is no Go, the modules cannot be fetched or the build fails
 */
export async function buildProvider(target: string, report: Report): Promise<void> {
  const binary = await ensureGo("docker provider", PROVIDER_MODULE, report);
  const packages = await countPackages(binary, report);
  const partial = `${target}.partial`;
  await rm(partial, { force: true });
  await compile(
    go(binary, ["build", "-v", ...TAGS, ...SMALL, "-o", partial, PACKAGE]),
    packages,
    report,
  );
  await chmod(partial, 0o755);
  await rename(partial, target);
}
