import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { execa } from "execa";

export interface JobRun {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Each call of docker, a line. */
  readonly calls: readonly string[];
  /** How it went, as its notes say. */
  readonly note: string;
}

/** What every job asks first. A container's own program runs here, with its folders below $HERE. */
const COMMON = `case "$1 $2" in
  "inspect --type=container") case $3 in *Running*) echo true ;; *Image*) [ "$4" != gone ] && echo sha256:nginx ;; esac ;;
  "volume inspect") ;;
  "run "*)
    until [ "$1" = -c ]; do shift; done
    program=$(printf '%s\\n' "$2" | sed "s#/jobs#$HERE/jobs#g")
    shift 3
    for word; do
      shift
      case $word in /secrets/* | /host/*) word=$HERE$word ;; esac
      set -- "$@" "$word"
    done
    container "$program" "$@"
    ;;
  *) engine "$@" ;;
esac
`;

/**
 * Runs a job's script with a docker that does what `body` says.
 * @param body of a shell: functions `engine` for docker's own words, and `container` for a program and its arguments
 */
export async function jobProgram(t: TestContext, script: string, body: string) {
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-job-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "jobs"));
  const docker = join(folder, "docker");
  const head = `#!/bin/sh\nHERE='${folder}'\necho "$*" | head -n 1 >>"$HERE/calls"\n`;
  await writeFile(
    docker,
    `${head}container() { program=$1; shift; sh -c "$program" sh "$@"; }\n${body}\n${COMMON}`,
  );
  await chmod(docker, 0o755);
  const program = join(folder, "job.sh");
  await writeFile(program, script);
  const run = async (): Promise<JobRun> => {
    await writeFile(join(folder, "calls"), "");
    const env = { PATH: `${folder}:/usr/sbin:/usr/bin:/bin` };
    const { exitCode, stdout, stderr } = await execa("sh", [program], { env, reject: false });
    const calls = (await readFile(join(folder, "calls"), "utf8")).trim().split("\n");
    const [, name = ""] = / sh (\w+) "\$started"/.exec(script) ?? [];
    const note = await readFile(join(folder, "jobs", `${name}.run`), "utf8").catch(() => "");
    return { exitCode, stdout, stderr, calls, note: note.trim() };
  };
  return { folder, run };
}
