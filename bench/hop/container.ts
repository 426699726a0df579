import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { benchCgroup } from "../cgroup.ts";

const CGROUP_ROOT = "/sys/fs/cgroup";
const NS_PER_MS = 1e6;
const US_PER_MS = 1e3;

export interface ContainerOptions {
  readonly name: string;
  readonly image: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly command: readonly [string, ...string[]];
}

/** A program in a container of its own, on the machine's network, so that the kernel counts its memory and its time. */
export class Container {
  readonly #name: string;
  readonly #cgroups: ReadonlyMap<string, string>;

  private constructor(name: string, cgroups: ReadonlyMap<string, string>) {
    this.#name = name;
    this.#cgroups = cgroups;
  }

  static async start(options: ContainerOptions): Promise<Container> {
    const [entrypoint, ...args] = options.command;
    const environment = Object.entries(options.environment);
    const parent = await benchCgroup("hop");
    await execa("docker", [
      ...["run", "--detach", "--name", options.name, "--network", "host"],
      ...["--cgroup-parent", parent],
      ...["--volume", `${options.folder}:/bench:ro`],
      ...environment.flatMap(([key, value]) => ["--env", `${key}=${value}`]),
      ...["--entrypoint", entrypoint, options.image, ...args],
    ]);
    const { stdout: pid } = await execa("docker", [
      ...["inspect", "--format", "{{.State.Pid}}", options.name],
    ]);
    return new Container(options.name, await cgroupsOf(pid));
  }

  /** What cannot be reclaimed: anonymous memory, and the kernel's for sockets, page tables and the like. */
  async memoryBytes(): Promise<number> {
    const v2 = this.#cgroups.get("");
    if (v2 !== undefined) {
      const stat = await readFile(join(CGROUP_ROOT, v2, "memory.stat"), "utf8");
      return field(stat, "anon") + field(stat, "kernel") + field(stat, "sock");
    }
    const folder = join(CGROUP_ROOT, "memory", this.#cgroups.get("memory") ?? "");
    const read = (file: string) => readFile(join(folder, file), "utf8");
    const sockets = await read("memory.kmem.tcp.usage_in_bytes");
    const kernel = await read("memory.kmem.usage_in_bytes");
    return field(await read("memory.stat"), "total_rss") + Number(kernel) + Number(sockets);
  }

  /** Processor time, of the program and of the kernel for it. */
  async cpuMs(): Promise<number> {
    const v2 = this.#cgroups.get("");
    if (v2 !== undefined) {
      const stat = await readFile(join(CGROUP_ROOT, v2, "cpu.stat"), "utf8");
      return field(stat, "usage_usec") / US_PER_MS;
    }
    const folder = join(CGROUP_ROOT, "cpuacct", this.#cgroups.get("cpuacct") ?? "");
    return Number(await readFile(join(folder, "cpuacct.usage"), "utf8")) / NS_PER_MS;
  }

  async end(): Promise<void> {
    await execa("docker", ["rm", "--force", this.#name], { reject: false });
  }
}

/** By controller; version 2 has one for all, under the empty name. */
async function cgroupsOf(pid: string): Promise<Map<string, string>> {
  const text = await readFile(`/proc/${pid}/cgroup`, "utf8");
  const cgroups = new Map<string, string>();
  for (const line of text.trim().split("\n")) {
    const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    for (const controller of controllers.split(",")) cgroups.set(controller, path);
  }
  if (!existsSync(join(CGROUP_ROOT, "cgroup.controllers"))) cgroups.delete("");
  return cgroups;
}

function field(stat: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)`, "m").exec(stat)?.[1] ?? 0);
}
