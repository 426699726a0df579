import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

const CALL = fileURLToPath(new URL("call.ts", import.meta.url));
const SETUP = new URL("../../../../cli/setup/", import.meta.url);
const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const CALL_TIMEOUT_MS = 60_000;
const IS_ROOT = process.getuid?.() === 0;
/** Becoming root in a namespace of its own costs an ordinary user nothing. */
const AS_ROOT = IS_ROOT ? [] : ["/usr/bin/unshare", "--map-root-user"];
/**
 * What stands before a command that an ordinary user runs. A checkout may lie where only its owner gets in, such as
 * root's home: nobody may read there, and write nothing.
 */
export const AS_NOBODY: readonly string[] = IS_ROOT
  ? [
      ...["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
      ...["--securebits=+no_setuid_fixup", "--inh-caps=+dac_read_search"],
      "--ambient-caps=+dac_read_search",
    ]
  : [];

export interface Call {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: the report alone. `"@report"` stands for it. */
  readonly args?: readonly unknown[];
  readonly asNobody?: boolean;
}

/**
 * A machine with nothing on it but what a test puts there: PATH is one folder of small shell scripts, the cache folder
 * is empty, and the set-up runs in a process that knows only those.
 */
export class Machine {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(t: TestContext): Promise<Machine> {
    const folder = await mkdtemp(join(tmpdir(), "plimsoll-setup-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const machine = new Machine(folder);
    await mkdir(machine.at("bin"));
    await mkdir(machine.at("cache"));
    // Whoever the set-up runs as in a test has to get in.
    await chmod(folder, 0o755);
    await chmod(machine.at("cache"), 0o777);
    return machine;
  }

  at(...path: string[]): string {
    return join(this.folder, ...path);
  }

  /** A program in PATH; `$HERE` in its body is the machine's folder. */
  async program(name: string, body: string, folder = "bin"): Promise<string> {
    await mkdir(this.at(folder), { recursive: true });
    const file = this.at(folder, name);
    // Not through a link to the real one.
    await rm(file, { force: true });
    const head = `#!/bin/sh\nHERE='${this.folder}'\nPATH=/usr/bin:/bin\n`;
    await writeFile(file, `${head}${body}\n`);
    await chmod(file, 0o755);
    return file;
  }

  /** What the programs wrote to `$HERE/log`, line by line. */
  async log(): Promise<string[]> {
    const text = await readFile(this.at("log"), "utf8").catch(() => "");
    return text.split("\n").filter(Boolean);
  }

  /** Calls `name` of cli/setup/`file` on this machine. */
  call(file: string, name: string, { env = {}, args = ["@report"], asNobody = false }: Call = {}) {
    const command = [process.execPath, "--import", "tsx", CALL];
    const [program = "", ...words] = [...(asNobody ? AS_NOBODY : AS_ROOT), ...command];
    return execa(program, [...words, new URL(file, SETUP).href, name, JSON.stringify(args)], {
      cwd: ROOT,
      reject: false,
      extendEnv: false,
      timeout: CALL_TIMEOUT_MS,
      env: {
        PATH: this.at("bin"),
        HOME: this.folder,
        XDG_CACHE_HOME: this.at("cache"),
        ...env,
      },
    });
  }
}
