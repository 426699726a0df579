import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { Backend } from "../../guard/backend.ts";
import { Cgroup } from "../../guard/cgroup.ts";
import { CostModel } from "../../guard/cost-model.ts";
import { Log } from "../../guard/log.ts";
import { Meminfo } from "../../guard/meminfo.ts";
import { Watch } from "../../guard/watch.ts";
import { backendAt, SETTINGS } from "./support.ts";

export const MIB = 2 ** 20;
export const INTERVAL_MS = 20;

/** A cgroup of 300 MiB with 60 in use, as version 2 of the kernel's interface shows it, in a folder of the test's own. */
export class MemoryFiles {
  readonly root = mkdtempSync(join(tmpdir(), "guard-watch-"));
  readonly #folder = join(this.root, "slot");

  constructor(t: TestContext) {
    t.after(() => rmSync(this.root, { recursive: true }));
    mkdirSync(this.#folder);
    this.use(60);
    this.write("memory.max", String(300 * MIB));
    this.write("memory.stat", "inactive_file 0\n");
    this.kill(0);
  }

  use(mib: number): void {
    this.write("memory.current", String(mib * MIB));
  }

  kill(count: number): void {
    this.write("memory.events", `oom_kill ${count}\n`);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text);
  }
}

export interface Watched {
  readonly files: MemoryFiles;
  readonly costs: CostModel;
  readonly watch: Watch;
  readonly backend: Backend;
}

/** A backend whose memory is read from such files; a request of which nothing is known costs 10 MiB. */
export function watched(t: TestContext): Watched {
  const files = new MemoryFiles(t);
  const costs = new CostModel(10 * MIB);
  const settings = { ...SETTINGS, checkIntervalMs: INTERVAL_MS };
  const watch = new Watch(settings, costs, {
    host: () => new Meminfo(),
    cgroup: (path) => new Cgroup(path, files.root),
  });
  t.after(() => watch.close());
  const backend = new Backend(backendAt(1, { cgroup: "slot" }), SETTINGS, new Log("error"));
  t.after(() => backend.close());
  watch.attach([backend]);
  return { files, costs, watch, backend };
}
