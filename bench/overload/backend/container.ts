import { execa } from "execa";
import { MIB } from "../../../core/units.ts";
import { answers } from "../../answers.ts";
import { until } from "../../until.ts";

export const LIMIT_BYTES = 300 * MIB;
const START_TIMEOUT_MS = 20_000;
/** One allocation, one mapping, given back when freed; huge pages make touching it cheap, so that memory binds, not CPU. */
const MALLOC = ["MALLOC_MMAP_THRESHOLD_=65536", "GLIBC_TUNABLES=glibc.malloc.hugetlb=1"];

export interface BackendOptions {
  readonly name: string;
  readonly image: string;
  /** Folder with backend.mjs. */
  readonly folder: string;
  readonly port: number;
  readonly cgroupParent: string;
}

/** How often the engine said that the backend's container died, and why. */
export interface Deaths {
  readonly outOfMemory: number;
  readonly other: number;
}

/** The real backend: a container with a hard limit, without swap, that the engine starts again when it dies. */
export class BackendContainer {
  readonly port: number;
  /** Its name will be another container's in the next run, whose death must not be counted here. */
  readonly #id: string;
  readonly #since = Math.floor(Date.now() / 1000);

  private constructor(id: string, port: number) {
    this.#id = id;
    this.port = port;
  }

  static async start(options: BackendOptions): Promise<BackendContainer> {
    const { name, image, folder, port, cgroupParent } = options;
    const limit = String(LIMIT_BYTES);
    const { stdout: id } = await execa("docker", [
      ...["run", "--detach", "--init", "--name", name, "--restart", "always", "--network", "host"],
      ...["--memory", limit, "--memory-swap", limit, "--cgroup-parent", cgroupParent],
      ...[`PORT=${port}`, ...MALLOC].flatMap((variable) => ["--env", variable]),
      ...["--volume", `${folder}:/bench:ro`, "--entrypoint", "node", image, "/bench/backend.mjs"],
    ]);
    const container = new BackendContainer(id, port);
    try {
      await until(() => answers(`http://127.0.0.1:${port}/healthz`), START_TIMEOUT_MS);
    } catch (error) {
      await container.end();
      throw error;
    }
    return container;
  }

  /** Sets the memory that belongs to no request; a backend that is down has none. */
  async setForeign(bytes: number): Promise<void> {
    const headers = { "x-bench-bytes": String(Math.round(bytes)) };
    await fetch(`http://127.0.0.1:${this.port}/foreign`, { headers }).catch(() => undefined);
  }

  async deaths(): Promise<Deaths> {
    const until = String(Math.ceil(Date.now() / 1000) + 1);
    const format = '{{.Action}} {{index .Actor.Attributes "exitCode"}}';
    const { stdout } = await execa("docker", [
      ...["events", "--since", String(this.#since), "--until", until, "--format", format],
      ...["--filter", `container=${this.#id}`, "--filter", "event=die"],
    ]);
    const died = stdout.split("\n").filter((line) => line.startsWith("die"));
    const outOfMemory = died.filter((line) => line.endsWith(" 137")).length;
    return { outOfMemory, other: died.length - outOfMemory };
  }

  async end(): Promise<void> {
    await execa("docker", ["rm", "--force", this.#id], { reject: false });
  }
}
