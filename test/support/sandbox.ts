import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa, type Options } from "execa";
import type { ConfigInput } from "../../config/define.ts";
import { ROOT } from "./environments.ts";

export interface Outcome {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A config of its own with a project name of its own, so that nothing of the machine's is touched. */
export interface Sandbox {
  readonly project: string;
  readonly configFile: string;
  /** Folder with the state, logs and synthesized JSON of this project. */
  readonly stateFolder: string;
  /** Writes the config anew. */
  configure(environments: ConfigInput["environments"]): Promise<void>;
  /** Runs `./plimsoll` with this config. */
  run(args: readonly string[], options?: Options): Promise<Outcome>;
  /** The same, not waited for. */
  start(args: readonly string[], options?: Options): ReturnType<typeof execa>;
  /** Every file below the state folder, by path. */
  stateFiles(): Promise<Map<string, string>>;
  /** Removes what the sandbox wrote on this machine; what it deployed elsewhere is not its to end. */
  forget(): Promise<void>;
  /** Takes every environment down with its volumes, and removes what the sandbox wrote. */
  dispose(): Promise<void>;
}

/** A whole `up` on a slow machine. */
const RUN_TIMEOUT_MS = 15 * 60 * 1000;

/** One slot without stores: what a test of the way up needs. */
export const TINY: NonNullable<ConfigInput["environments"][string]["services"]> = {
  chat: {
    kind: "app",
    build: { context: "test/fixtures/tiny-app", before: null },
    slots: 1,
    limit: "128MiB",
    swap: "0MiB",
    paths: ["/"],
    ssePaths: [],
  },
  postgres: null,
  redis: null,
  site: null,
};

async function filesBelow(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const read = files
    .filter((file) => !file.includes("/.terraform/"))
    .map(async (file) => [file, await readFile(file, "utf8")] as const);
  return new Map(await Promise.all(read));
}

function configText(project: string, environments: ConfigInput["environments"]): string {
  return `import { config as shipped } from ${JSON.stringify(join(ROOT, "plimsoll.config.ts"))};
export const config = { ...shipped, project: "${project}", environments: ${JSON.stringify(environments, undefined, 2)} };
`;
}

export async function sandbox(environments: ConfigInput["environments"]): Promise<Sandbox> {
  const project = `t${randomBytes(3).toString("hex")}`;
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-sandbox-"));
  const configFile = join(folder, "plimsoll.config.ts");
  const stateFolder = join(ROOT, ".plimsoll", project);
  let current = environments;
  const configure = async (next: ConfigInput["environments"]) => {
    current = next;
    await writeFile(configFile, configText(project, next));
  };
  await configure(environments);

  const start = (args: readonly string[], options: Options = {}) =>
    execa("./plimsoll", args, {
      cwd: ROOT,
      reject: false,
      timeout: RUN_TIMEOUT_MS,
      ...options,
      env: { PLIMSOLL_CONFIG: configFile, FORCE_COLOR: "0", ...options.env },
    });
  const run = async (args: readonly string[], options: Options = {}) => {
    const { exitCode, stdout, stderr } = await start(args, options);
    return { exitCode, stdout: String(stdout), stderr: String(stderr) };
  };
  const forget = async () => {
    await rm(stateFolder, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  };
  return {
    project,
    configFile,
    stateFolder,
    configure,
    start,
    run,
    stateFiles: () => filesBelow(stateFolder),
    forget,
    dispose: async () => {
      for (const name of Object.keys(current)) {
        const { exitCode, stderr } = await run(["down", name, "--volumes"]);
        if (exitCode !== 0) throw new Error(`down ${name} failed:\n${stderr}`);
      }
      await forget();
    },
  };
}
