import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { open, readFile, rm } from "node:fs/promises";
import { delimiter } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { OperatorError } from "../../core/operator-error.ts";
import type { Report } from "../report.ts";

/** A cold start loads iptables rules and every container's state; a small server takes some 10 s. */
const START_TIMEOUT_MS = 60_000;
const POLL_INTERVAL_MS = 250;
const SHOWN_LINES = 15;

/** Where this machine keeps what concerns its Docker daemon. */
export interface DaemonPlaces {
  readonly logFile: string;
  /** Written by dockerd itself. */
  readonly pidFile: string;
  /** Written by dockerd for the containerd that it starts. */
  readonly containerdPidFile: string;
  /** Exists where systemd is PID 1. Source: sd_booted(3). */
  readonly systemdFolder: string;
  /** Where dockerd and iptables are looked for besides PATH, which lacks them after `su` without a dash. */
  readonly programFolders: readonly string[];
}

export const DAEMON_PLACES: DaemonPlaces = {
  logFile: "/var/log/plimsoll-dockerd.log",
  pidFile: "/var/run/docker.pid",
  containerdPidFile: "/var/run/docker/containerd/containerd.pid",
  systemdFolder: "/run/systemd/system",
  programFolders: ["/usr/local/sbin", "/usr/sbin", "/sbin"],
};

const lastLines = (text: string) => text.trim().split("\n").slice(-SHOWN_LINES).join("\n  ");

function failure(what: string, log: string): OperatorError {
  return new OperatorError(
    `docker engine: ${what}; put right what its log says, then run this again:\n  ${lastLines(log) || "(the log is empty)"}`,
  );
}

async function startBySystemd(): Promise<void> {
  const { exitCode } = await execa("systemctl", ["enable", "--now", "docker"], { reject: false });
  if (exitCode === 0) return;
  const journal = await execa("journalctl", ["-u", "docker", "-n", "30", "--no-pager"], {
    reject: false,
  });
  throw failure("systemd could not start docker.service", journal.stdout ?? "");
}

const textOf = (file: string) => readFile(file, "utf8").catch(() => "");

/** The pid of a running program; the file may be left from one that was killed, its number another program's by now. */
async function livingPid(pidFile: string, program: string): Promise<number | undefined> {
  const pid = Number(await textOf(pidFile));
  const name = pid > 0 ? await textOf(`/proc/${pid}/comm`) : "";
  return name.trim() === program ? pid : undefined;
}

/** dockerd takes whatever has the number in such a file for itself, or for its containerd, and does not start. */
async function removeStalePids({ pidFile, containerdPidFile }: DaemonPlaces): Promise<void> {
  for (const [file, program] of [
    [pidFile, "dockerd"],
    [containerdPidFile, "containerd"],
  ] as const) {
    if ((await livingPid(file, program)) === undefined) await rm(file, { force: true });
  }
}

interface Daemon {
  readonly pid: number | undefined;
  hasEnded(): boolean;
}

/** In a session of its own, so that it outlives this program and no Ctrl-C reaches it. */
async function startDetached(dockerd: string, places: DaemonPlaces): Promise<Daemon> {
  const log = await open(places.logFile, "a");
  const path = [process.env["PATH"] ?? "", ...places.programFolders].join(delimiter);
  const daemon = spawn(dockerd, [], {
    cwd: "/",
    env: { ...process.env, PATH: path },
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  });
  let ended = false;
  const end = () => {
    ended = true;
  };
  daemon.once("exit", end).once("error", end);
  daemon.unref();
  await log.close();
  return { pid: daemon.pid, hasEnded: () => ended };
}

type Question = () => Promise<boolean>;

async function waitFor(answers: Question, isHopeless: Question): Promise<boolean> {
  const end = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < end && !(await isHopeless())) {
    if (await answers()) return true;
    await sleep(POLL_INTERVAL_MS);
  }
  return answers();
}

async function startByItself(
  dockerd: string,
  places: DaemonPlaces,
  answers: Question,
): Promise<string> {
  const running = await livingPid(places.pidFile, "dockerd");
  if (running === undefined) await removeStalePids(places);
  const daemon = running === undefined ? await startDetached(dockerd, places) : undefined;
  const where = `pid ${running ?? daemon?.pid}, log ${places.logFile}`;
  // Ours gives way to one that the package's own script is starting at this moment.
  const isHopeless = async () =>
    daemon?.hasEnded() === true && (await livingPid(places.pidFile, "dockerd")) === undefined;
  if (await waitFor(answers, isHopeless)) return where;
  const what = daemon?.hasEnded() ? "dockerd ended at once" : "dockerd does not answer";
  throw failure(`${what} (${where})`, await readFile(places.logFile, "utf8").catch(() => ""));
}

export interface DaemonStart {
  readonly dockerd: string;
  readonly places: DaemonPlaces;
  /** Whether the engine answers by now. */
  readonly answers: Question;
}

/**
 * Starts the installed daemon, as root: by systemd where that is PID 1, else by itself, detached; waits until it answers.
 * @throws OperatorError with the last lines of its log where it does not answer within 60 s
 */
export async function startDaemon(start: DaemonStart, report: Report): Promise<void> {
  const { dockerd, places, answers } = start;
  report.step("docker engine: starting it");
  if (!existsSync(places.systemdFolder)) {
    report.detail(await startByItself(dockerd, places, answers));
    return;
  }
  await startBySystemd();
  if (!(await waitFor(answers, async () => false)))
    throw failure("docker.service runs but does not answer", "");
}
