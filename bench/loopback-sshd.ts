import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import { sendsBanner } from "../test/server/connection.ts";
import { freePort } from "../test/support/free-ports.ts";

/** Where the Debian package openssh-server puts it; sshd wants to be called by its whole path. */
const SSHD = "/usr/sbin/sshd";
/** It refuses to start without; its service makes it. */
const RUN_FOLDER = "/run/sshd";
const HOST = "127.0.0.1";
const READY_WITHIN_MS = 10_000;
const POLL_MS = 100;

/** This machine, reached by ssh. */
export interface LoopbackSshd {
  /** `ssh://root@127.0.0.1:2222`. */
  readonly target: string;
  readonly port: number;
  readonly sshOptions: readonly string[];
  /** Holds keys, and the socket of the connection that all share. */
  readonly folder: string;
  end(): Promise<void>;
}

async function makeKey(file: string): Promise<void> {
  await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
}

async function configure(folder: string, port: number): Promise<string> {
  const settings = {
    ...{ Port: port, ListenAddress: HOST, PidFile: "none", UsePAM: "no", StrictModes: "no" },
    ...{ PermitRootLogin: "prohibit-password", MaxStartups: "50:30:100" },
    HostKey: join(folder, "host-key"),
    AuthorizedKeysFile: join(folder, "key.pub"),
  };
  const file = join(folder, "sshd_config");
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  await writeFile(file, lines.join(""));
  return file;
}

async function optionsOf(folder: string, port: number): Promise<string[]> {
  const [type, key] = (await readFile(join(folder, "host-key.pub"), "utf8")).split(" ");
  const knownHosts = join(folder, "known-hosts");
  await writeFile(knownHosts, `[${HOST}]:${port} ${type} ${key}\n`);
  const options = {
    ...{ IdentityFile: join(folder, "key"), IdentitiesOnly: "yes", LogLevel: "ERROR" },
    ...{ UserKnownHostsFile: knownHosts, StrictHostKeyChecking: "yes" },
    ControlPath: join(folder, "control"),
  };
  return Object.entries(options).map(([name, value]) => `-o${name}=${value}`);
}

async function listening(port: number): Promise<void> {
  const end = performance.now() + READY_WITHIN_MS;
  while (!(await sendsBanner(port))) {
    if (performance.now() > end) throw new Error(`sshd does not answer on ${HOST}:${port}`);
    await wait(POLL_MS);
  }
}

/** Starts an sshd of its own for root on loopback. @throws where openssh-server is not installed */
export async function loopbackSshd(): Promise<LoopbackSshd> {
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-sshd-"));
  const port = await freePort();
  for (const name of ["host-key", "key"]) await makeKey(join(folder, name));
  await mkdir(RUN_FOLDER, { recursive: true });
  const server = execa(SSHD, ["-D", "-e", "-f", await configure(folder, port)], {
    ...{ reject: false, stderr: "ignore" },
  });
  await listening(port);
  return {
    ...{ target: `ssh://root@${HOST}:${port}`, port, folder },
    sshOptions: await optionsOf(folder, port),
    end: async () => {
      server.kill();
      await server;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
