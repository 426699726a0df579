import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { execa } from "execa";

/** How every container of Plimsoll runs. */
const HARDENED = [
  "--read-only",
  "--cap-drop=ALL",
  "--security-opt=no-new-privileges",
  "--tmpfs=/tmp",
];
const LABEL = "--label=plimsoll.test=images";

export const docker = async (...args: string[]): Promise<string> =>
  (await execa("docker", args)).stdout;

const endings = new WeakMap<TestContext, (() => Promise<unknown>)[]>();

/** Undoes things when the test ends, the last first; one failure does not keep the others from happening. */
export function atEnd(t: TestContext, undo: () => Promise<unknown>): void {
  const known = endings.get(t);
  if (known) {
    known.unshift(undo);
    return;
  }
  const all = [undo];
  endings.set(t, all);
  t.after(async () => {
    const failures: unknown[] = [];
    for (const each of all) await each().catch((error) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, "could not clean up");
  });
}

export interface TestContainer {
  readonly id: string;
  /** Runs a program inside; its output, or undefined when it fails. */
  exec(
    command: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<string | undefined>;
  logs(): Promise<string>;
}

/** A container with read-only root and no capabilities, removed by its id when the test ends. */
export async function startContainer(
  t: TestContext,
  options: readonly string[],
  command: readonly string[],
): Promise<TestContainer> {
  const id = await docker("create", LABEL, ...HARDENED, ...options, ...command);
  atEnd(t, () => docker("rm", "--force", "--volumes", id));
  await docker("start", id);
  return {
    id,
    logs: async () => (await execa("docker", ["logs", id], { all: true })).all,
    exec: async (inside, env = {}) => {
      const variables = Object.entries(env).map(([name, value]) => `--env=${name}=${value}`);
      const result = await execa("docker", ["exec", ...variables, id, ...inside], {
        reject: false,
      });
      return result.failed ? undefined : result.stdout;
    },
  };
}

/** A named volume, removed when the test ends. */
export async function createVolume(t: TestContext): Promise<string> {
  const name = await docker("volume", "create", LABEL);
  atEnd(t, () => docker("volume", "rm", "--force", name));
  return name;
}

/** Asks again and again until the answer is there, or time is up. */
export async function eventually<T>(
  question: () => Promise<T | undefined>,
  timeoutMs: number,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const answer = await question();
    if (answer !== undefined) return answer;
  }
  throw new Error(`no answer within ${timeoutMs} ms`);
}

/** A folder with files that every user may read, removed when the test ends. */
export async function folderWith(
  t: TestContext,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-test-"));
  atEnd(t, () => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), content, { mode: 0o444 });
  }
  return folder;
}
