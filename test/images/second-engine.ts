import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { execa } from "execa";
import type { Target } from "../../cli/target.ts";
import { atEnd, eventually } from "./container.ts";

const START_TIMEOUT_MS = 60_000;

export interface SecondEngine extends Target {
  /** Ends it at once, as a server that goes away. */
  kill(): void;
}

/**
 * A Docker engine of its own beside the machine's, ended when the test ends.
 *
 * It has a network namespace of its own, since an engine without a bridge removes the one of the machine's engine, and a
 * mount namespace of its own, so that its mounts end with it.
 *
 * @param diskMib size of its disk; unlimited when left out
 */
export async function startSecondEngine(t: TestContext, diskMib?: number): Promise<SecondEngine> {
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-engine-"));
  atEnd(t, () => rm(folder, { recursive: true, force: true }));
  const dataRoot = await makeDisk(t, folder, diskMib);
  const host = `unix://${folder}/docker.sock`;
  const engine = spawnEngine(folder, dataRoot, host);
  atEnd(t, () => stop(engine));
  const env = { DOCKER_HOST: host };
  const run: Target["run"] = ([file, ...args], options) =>
    execa(file, args, { ...options, env: { ...options?.env, ...env } });
  const target: Target = {
    name: "second engine",
    host: "localhost",
    run,
    docker: (args, options) => run(["docker", ...args], options),
  };
  await eventually(async () => {
    const result = await target.docker(["version"], { reject: false });
    return result.failed ? undefined : true;
  }, START_TIMEOUT_MS);
  return { ...target, kill: () => engine.kill("SIGKILL") };
}

async function makeDisk(t: TestContext, folder: string, diskMib?: number): Promise<string> {
  const dataRoot = join(folder, "data");
  await mkdir(dataRoot);
  if (diskMib !== undefined) {
    await execa("mount", ["-t", "tmpfs", "-o", `size=${diskMib}m`, "tmpfs", dataRoot]);
    atEnd(t, () => execa("umount", [dataRoot]));
  }
  return dataRoot;
}

function spawnEngine(folder: string, dataRoot: string, host: string): ChildProcess {
  const options = {
    "data-root": dataRoot,
    "exec-root": join(folder, "exec"),
    pidfile: join(folder, "pid"),
    host,
    bridge: "none",
    iptables: "false",
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  return spawn("unshare", ["--net", "--mount", "dockerd", ...args], { stdio: "ignore" });
}

async function stop(engine: ChildProcess): Promise<void> {
  if (engine.exitCode !== null || engine.signalCode !== null) return;
  const ended = once(engine, "exit");
  engine.kill("SIGTERM");
  await ended;
}
