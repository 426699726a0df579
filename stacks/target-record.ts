import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Environment } from "../config/environment.ts";
import { parseTarget } from "../core/target.ts";

const record = z.strictObject({
  /** Of the target's engine. */
  cgroupDriver: z.enum(["systemd", "cgroupfs"]),
  /** Chosen once: other images bring another libc, and Postgres' indexes depend on its collations. */
  images: z.enum(["official", "debian"]),
  /** Of official images, by tag, as the registry gave them to this target. */
  digests: z.record(z.string(), z.string()).default({}),
  /** Id of the engine, which tells one `local` from another. */
  engine: z.string().optional(),
});

/** What synth needs to know about a target and cannot compute: found out once by `plimsoll up` or `plimsoll env`. */
export type TargetRecord = z.output<typeof record>;

/** What most servers are. */
const ASSUMED: TargetRecord = { cgroupDriver: "systemd", images: "official", digests: {} };
const FILE = "target.json";

/** Folder with the state, the record and the logs of one environment on one target. */
export function stateFolder({ root, project, name, target }: Environment): string {
  return join(root, ".plimsoll", project, `${name}@${parseTarget(target).slug}`);
}

/** The record, or undefined where nobody has looked at the target yet. */
export function readTargetRecord(environment: Environment): TargetRecord | undefined {
  try {
    return record.parse(JSON.parse(readFileSync(join(stateFolder(environment), FILE), "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** The record, or what most servers are. The config's own word on images wins. */
export function targetRecord(environment: Environment): TargetRecord {
  const found = readTargetRecord(environment) ?? ASSUMED;
  return environment.images === "auto" ? found : { ...found, images: environment.images };
}

export function writeTargetRecord(environment: Environment, content: TargetRecord): void {
  const folder = stateFolder(environment);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `${FILE}.${process.pid}`);
  writeFileSync(temporary, `${JSON.stringify(content, undefined, 2)}\n`);
  renameSync(temporary, join(folder, FILE));
}
