import { terminalReport } from "../../cli/report.ts";
import { openTarget, type Target } from "../../cli/target.ts";
import { bootServer } from "../../test/server/virtual-server.ts";
import { freePort, type Sandbox, sandbox } from "../../test/support/sandbox.ts";

const SERVER_PORT = 8081;
/** A token a second: it is open streams that hold memory, and an emulated processor has no time for their events. */
const CHAT = { env: { MODEL_TOKEN_DELAY_MS: "1000" } };
/** One client stands for many: the limits are for one address. */
const LIMITS = { requestsPerSecond: 1000, burst: 1000, connectionsPerClient: 1000 };

/** Where a stack is measured, and how to get there. */
export interface Place {
  readonly name: "local" | "staging";
  readonly target: Target;
  readonly box: Sandbox;
  /** Environment variables of every run. */
  readonly env: Readonly<Record<string, string>>;
  readonly origin: string;
  /** Leaves nothing. */
  end(): Promise<void>;
}

async function local(): Promise<Place> {
  const port = await freePort();
  const box = await sandbox({
    local: { address: "127.0.0.1", port, limits: LIMITS, services: { chat: CHAT } },
  });
  const target = openTarget("local");
  const origin = `http://127.0.0.1:${port}`;
  return { name: "local", target, box, env: {}, origin, end: () => box.dispose() };
}

async function server(): Promise<Place> {
  const machine = await bootServer({ forwards: [{ guest: SERVER_PORT }], report: terminalReport });
  const box = await sandbox({
    staging: { port: SERVER_PORT, limits: LIMITS, services: { chat: CHAT } },
  });
  return {
    name: "staging",
    target: openTarget(machine.target, machine.sshOptions),
    box,
    env: { PLIMSOLL_TARGET: machine.target, PLIMSOLL_SSH_OPTIONS: machine.sshOptions.join(" ") },
    origin: `http://127.0.0.1:${machine.forwarded.get(SERVER_PORT)}`,
    end: async () => {
      await machine.powerOff();
      await box.forget();
    },
  };
}

export function openPlace(kind: string): Promise<Place> {
  return kind === "server" ? server() : local();
}
