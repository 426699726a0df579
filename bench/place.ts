import { terminalReport } from "../cli/report.ts";
import { openTarget, type Target } from "../cli/target.ts";
import type { ConfigInput } from "../config/define.ts";
import { bootServer } from "../test/server/virtual-server.ts";
import { freePort } from "../test/support/free-ports.ts";
import { type Sandbox, sandbox } from "../test/support/sandbox.ts";
import { loopbackSshd } from "./loopback-sshd.ts";

const SERVER_PORT = 8081;
type Settings = ConfigInput["environments"][string];

/** Where a stack is measured, and how to get there. */
export interface Place {
  readonly name: "local" | "staging";
  readonly target: Target;
  readonly box: Sandbox;
  /** Environment variables of every run. */
  readonly env: Readonly<Record<string, string>>;
  readonly origin: string;
  /** What tells its ssh from others: port, and the folder of the connection that all share; none on this machine. */
  readonly sshMarks: readonly string[];
  /** Writes the config anew. */
  configure(settings: Settings): Promise<void>;
  /** Leaves nothing. */
  end(): Promise<void>;
}

async function local(settings: Settings): Promise<Place> {
  const port = await freePort();
  const environments = (some: Settings) => ({ local: { address: "127.0.0.1", port, ...some } });
  const box = await sandbox(environments(settings));
  return {
    ...{ name: "local", target: openTarget("local"), box, env: {}, sshMarks: [] },
    origin: `http://127.0.0.1:${port}`,
    configure: (some) => box.configure(environments(some)),
    end: () => box.dispose(),
  };
}

/** This machine's Docker by way of ssh: what a network does to a deploy, without a slow server behind it. */
async function loopback(settings: Settings): Promise<Place> {
  const sshd = await loopbackSshd();
  const port = await freePort();
  const environments = (some: Settings) => ({ staging: { address: "127.0.0.1", port, ...some } });
  const box = await sandbox(environments(settings));
  const env = { PLIMSOLL_TARGET: sshd.target, PLIMSOLL_SSH_OPTIONS: sshd.sshOptions.join(" ") };
  return {
    ...{ name: "staging", box, env, sshMarks: [`${sshd.port}`, sshd.folder] },
    target: openTarget(sshd.target, sshd.sshOptions),
    origin: `http://127.0.0.1:${port}`,
    configure: (some) => box.configure(environments(some)),
    end: async () => {
      await box.run(["down", "staging", "--volumes"], { env });
      await box.forget();
      await sshd.end();
    },
  };
}

async function server(settings: Settings): Promise<Place> {
  const kind = settings.host ? "bare" : "docker";
  const machine = await bootServer({
    kind,
    forwards: [{ guest: SERVER_PORT }],
    report: terminalReport,
  });
  const environments = (some: Settings) => ({ staging: { port: SERVER_PORT, ...some } });
  const box = await sandbox(environments(settings));
  return {
    ...{ name: "staging", box, sshMarks: [`${machine.sshPort}`, machine.folder] },
    target: openTarget(machine.target, machine.sshOptions),
    env: { PLIMSOLL_TARGET: machine.target, PLIMSOLL_SSH_OPTIONS: machine.sshOptions.join(" ") },
    origin: `http://127.0.0.1:${machine.forwarded.get(SERVER_PORT)}`,
    configure: (some) => box.configure(environments(some)),
    end: async () => {
      await machine.powerOff();
      await box.forget();
    },
  };
}

const PLACES: Readonly<Record<string, (settings: Settings) => Promise<Place>>> = {
  local,
  ssh: loopback,
  server,
};

/**
 * @param kind `local`; `ssh` for this machine by way of an sshd; `server` for a virtual one, which comes without Docker
 * where the settings have a `host`
 */
export function openPlace(kind: string, settings: Settings): Promise<Place> {
  const open = PLACES[kind];
  if (!open) throw new Error(`must be one of ${Object.keys(PLACES).join(", ")}, got ${kind}`);
  return open(settings);
}
