import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { imageFlags } from "./guard-flags.ts";

const GUARD = new URL("../guard/", import.meta.url);
const ESBUILD = fileURLToPath(new URL("../node_modules/.bin/esbuild", import.meta.url));
const SETTLE_MS = 10_000;

/** The guard as it ships: bundled, in a process of its own, with its image's flags. */
export class GuardProcess {
  readonly port: number;
  readonly adminPort: number;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string, ports: readonly [number, number]) {
    this.#child = child;
    this.#folder = folder;
    [this.port, this.adminPort] = ports;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  static async start(environment: Record<string, string>): Promise<GuardProcess> {
    const folder = mkdtempSync(join(tmpdir(), "guard-bench-"));
    const bundle = join(folder, "guard.mjs");
    const options = ["--bundle", "--platform=node", "--target=node20", "--format=esm"];
    execFileSync(ESBUILD, [
      ...[fileURLToPath(new URL("main.ts", GUARD)), ...options],
      ...[`--outfile=${bundle}`, "--log-level=error"],
    ]);
    const child = spawn(process.execPath, [...imageFlags(), bundle], {
      env: {
        MALLOC_ARENA_MAX: "2",
        GUARD_LISTEN: "127.0.0.1:0",
        GUARD_ADMIN_LISTEN: "127.0.0.1:0",
        ...environment,
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    return new GuardProcess(child, folder, await listeningPorts(child));
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Sums of these metrics over their labels, once all are 0 or some time has passed. */
  async settled(names: readonly string[]): Promise<Record<string, number>> {
    const end = performance.now() + SETTLE_MS;
    for (;;) {
      const text = await (await fetch(`http://127.0.0.1:${this.adminPort}/metrics`)).text();
      const sums = Object.fromEntries(names.map((name) => [name, sumOf(text, name)]));
      if (performance.now() > end || Object.values(sums).every((sum) => sum === 0)) return sums;
      await delay(100);
    }
  }

  /** @returns its exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill("SIGTERM");
    if (this.#child.exitCode === null) await once(this.#child, "exit");
    rmSync(this.#folder, { recursive: true });
    return this.#child.exitCode;
  }
}

/** An `info` line tells them, whatever level is set for later ones. */
async function listeningPorts(child: ChildProcess): Promise<readonly [number, number]> {
  if (child.stdout === null) throw new Error("the guard has no stdout");
  for await (const line of createInterface({ input: child.stdout })) {
    const { message, address, admin_address: admin } = JSON.parse(line);
    if (message === "listening") return [portOf(address), portOf(admin)];
  }
  throw new Error("the guard ended before it listened");
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(":") + 1));
}

function sumOf(text: string, name: string): number {
  const values = text.match(new RegExp(`^${name}(\\{.*\\})? .*$`, "gm")) ?? [];
  return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}
