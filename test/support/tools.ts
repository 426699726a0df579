import { mkdtemp, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { terminalReport } from "../../cli/report.ts";
import { installPackages, refreshPackageLists } from "../../cli/setup/apt.ts";
import { cacheFolder } from "../../cli/setup/cache-folder.ts";
import { whyNoPackages } from "../../cli/setup/distribution.ts";
import { makeOnce } from "../../cli/setup/once.ts";
import { findProgram } from "../../cli/setup/program.ts";

const PROMTOOL_FILE = join(cacheFolder(), "tools", "promtool");

/** Why promtool, Chromium or shellcheck cannot be had on this machine; undefined where they are there or can be fetched. */
export async function whyNoTools(): Promise<string | undefined> {
  const found = await Promise.all([
    ...[promtoolThere(), findProgram("chromium"), findProgram("shellcheck")],
  ]);
  if (found.every(Boolean)) return undefined;
  const refusal = await whyNoPackages();
  return (
    refusal &&
    `needs promtool, Chromium and shellcheck, and ${refusal}; install them, or run this as root on Debian`
  );
}

/** Checks Prometheus' metrics and rules. */
export async function promtool(): Promise<string> {
  const there = await promtoolThere();
  if (there !== undefined) return there;
  await makeOnce(
    {
      file: PROMTOOL_FILE,
      thing: "promtool",
      isDone: async () => (await promtoolThere()) !== undefined,
      make: unpackPromtool,
    },
    terminalReport,
  );
  return PROMTOOL_FILE;
}

/** A browser without a window. */
export async function chromium(): Promise<string> {
  const there = await findProgram("chromium");
  if (there !== undefined) return there;
  await installPackages("chromium", ["chromium"], terminalReport);
  return (await findProgram("chromium")) ?? "chromium";
}

/** Finds what is unsound in a shell's program. */
export async function shellcheck(): Promise<string> {
  const there = await findProgram("shellcheck");
  if (there !== undefined) return there;
  await installPackages("shellcheck", ["shellcheck"], terminalReport);
  return (await findProgram("shellcheck")) ?? "shellcheck";
}

async function promtoolThere(): Promise<string | undefined> {
  const cached = await stat(PROMTOOL_FILE).then(
    () => PROMTOOL_FILE,
    () => undefined,
  );
  return (await findProgram("promtool")) ?? cached;
}

/** Out of its package, not by installing it: that would start a Prometheus on this machine. */
async function unpackPromtool(): Promise<void> {
  terminalReport.step("promtool: from the package prometheus (apt-get download)");
  await refreshPackageLists();
  const folder = await mkdtemp(join(cacheFolder(), "tools", "prometheus-"));
  try {
    await execa("apt-get", ["download", "prometheus"], { cwd: folder });
    await execa("sh", ["-c", "dpkg -x prometheus_*.deb ."], { cwd: folder });
    await rename(join(folder, "usr/bin/promtool"), PROMTOOL_FILE);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
