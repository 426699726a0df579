import { randomBytes } from "node:crypto";
import type { TestContext } from "node:test";
import { execa } from "execa";
import { ensureImages } from "../../cli/images/build.ts";
import { terminalReport } from "../../cli/report.ts";
import { readConfig } from "../../config/config.ts";
import { planOf } from "../../config/environment.ts";
import { builtImage } from "../../images/reference.ts";
import { config } from "../../plimsoll.config.ts";
import type { BatchRun } from "../../stacks/batch-run.ts";
import { copyRun, type OffsiteScript, offsiteRun } from "../../stacks/offsite-run.ts";
import { atEnd, docker } from "../images/container.ts";
import { ROOT } from "./environments.ts";
import { testRuntimeImages } from "./images.ts";

/** restic's image, and one with the servers that a repository may be on. */
export async function offsiteImages(): Promise<{ restic: string; server: string }> {
  const { restic } = await testRuntimeImages();
  const context = `${ROOT}/test/fixtures/repository-server`;
  const server = builtImage({
    ...{ name: "test-repository-server", context, dockerfile: `${context}/Dockerfile` },
    ...{ buildArgs: { RESTIC_IMAGE: restic.reference }, from: restic },
    ...{ outputs: [], ignored: [], inputs: [], npmFiles: [] },
  });
  await ensureImages([restic, server], terminalReport);
  return { restic: restic.reference, server: server.reference };
}

export interface Ran {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A server's backups and secrets, with what a deploy would have made of them. */
export interface Server {
  /** First part of every name on it. */
  readonly project: string;
  /** The place of a backup in its volume. */
  readonly backups: string;
  run(script: OffsiteScript, args?: readonly string[]): Promise<Ran>;
  copy(): Promise<Ran>;
  /** A shell line as root over its backups, its secrets and a folder of this machine's at /repository. */
  shell(line: string, input?: string): Promise<string>;
  /** A backup of that name, with checksums, as dump.sh leaves it. */
  backUp(name: string): Promise<void>;
  /** A value for a secret. */
  give(secret: string, value: string): Promise<void>;
}

/** @param folder of a repository on this machine; undefined for one elsewhere */
export async function serverWith(
  t: TestContext,
  repository: string,
  { project = `t${randomBytes(3).toString("hex")}`, keep = {} } = {},
): Promise<Server> {
  const { restic } = await offsiteImages();
  const services = { postgres: { offsite: { repository, keep } } };
  const written = { project, base: config.base, environments: { local: { services } } };
  const [environment] = readConfig(written, ROOT);
  if (!environment) throw new Error("no environment came out of the config");
  const place = {
    ...{ environment, plan: planOf(environment) },
    ...{ cgroupDriver: "cgroupfs" as const, service: "postgres" },
  };
  const [backups, secrets] = ["postgres-backups", "offsite-secrets"].map(
    (name) => `${project}-local-${name}`,
  ) as [string, string];
  for (const volume of [backups, secrets]) {
    await docker("volume", "create", "--label=plimsoll.test=offsite", volume);
    atEnd(t, () => docker("volume", "rm", "--force", volume));
  }
  const shell = async (line: string, input = "") => {
    const mounts = [`--volume=${backups}:/backups`, `--volume=${secrets}:/secrets`];
    const here = repository.startsWith("/") ? [`--volume=${repository}:/repository`] : [];
    const options = ["run", "--rm", "--interactive", "--user=0:0", ...mounts, ...here];
    const words = [...options, "--entrypoint=bash", restic, "-euc", line];
    return (await execa("docker", words, { input })).stdout;
  };
  const start = async ({ options, program, args }: BatchRun) => {
    const words = ["run", ...options, restic, "-c", program, "bash", ...args];
    const { exitCode, stdout, stderr } = await execa("docker", words, { reject: false });
    return { exitCode, stdout, stderr };
  };
  const give = async (secret: string, value: string) => {
    const put = `cat >"/secrets/${secret}"; chown 999:0 "/secrets/${secret}"; chmod 0400 "/secrets/${secret}"`;
    await shell(put, value);
  };
  await shell("chown 999:0 /backups && chmod 0700 /backups");
  await give("repository-password", "the key of the copies");
  return {
    ...{ project, backups, shell, give },
    run: (script, args = []) => start(offsiteRun(place, script, args)),
    copy: () => start(copyRun(place)),
    backUp: async (name) => {
      await shell(
        `umask 077; mkdir "/backups/${name}"; cd "/backups/${name}"; echo chat >databases; ` +
          `head -c 300000 /dev/urandom >chat.dump; sha256sum -- * >SHA256SUMS; chown -R 999:999 .`,
      );
    },
  };
}
