import assert from "node:assert/strict";
import { execa } from "execa";
import type { ConfigInput } from "../../config/define.ts";
import { type Outcome, type Sandbox, sandbox } from "../support/sandbox.ts";
import { type Shell, shellOf } from "./shell.ts";
import { bootServer, type ServerOptions, type VirtualServer } from "./virtual-server.ts";

export type Settings = ConfigInput["environments"][string];

/** A setting of the server, as verify tells it. */
export interface Found {
  readonly setting: string;
  readonly declared: string;
  readonly live?: string;
}

/** Somebody whose environment `staging` is a virtual server. */
export interface Operator {
  readonly server: VirtualServer;
  readonly box: Sandbox;
  /** Runs a program of several lines there as root. */
  readonly shell: Shell;
  /** What the config says of staging. */
  readonly staging: Settings;
  /** The environment variables of every run: how to get into the server. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs `./plimsoll` against the server. */
  plimsoll(...args: string[]): Promise<Outcome>;
  /** Everything that verify reads of the server itself. */
  readings(): Promise<Found[]>;
  /** What of it is not in force. */
  drift(): Promise<Found[]>;
  /** Over a connection of its own, as somebody who comes in now. */
  login(user: string, command: string): Promise<string>;
  /** Ends the server, and forgets the config. */
  end(): Promise<void>;
}

/** Of the staging environment. */
export const PORT = 80;
export const USER = "deploy";
const RUN_WITHIN_MS = 10 * 60 * 1000;

async function settingsFor(shell: Shell): Promise<Settings> {
  const [key = ""] = (await shell("cat /root/.ssh/authorized_keys")).split("\n");
  return { port: PORT, host: { deployUser: { name: USER, keys: [key] } } };
}

async function login(server: VirtualServer, user: string, command: string): Promise<string> {
  const known = server.sshOptions.filter((option) => !/ControlPath/.test(option));
  const options = [...known, "-oControlPath=none", "-l", user, "-p", String(server.sshPort)];
  const { stdout } = await execa("ssh", [...options, server.host, command]);
  return stdout;
}

/** Boots a server without Docker, with a config whose environment `staging` is that server. */
export async function operatorOfBare(options: Omit<ServerOptions, "kind">): Promise<Operator> {
  const server = await bootServer({ ...options, kind: "bare", forwards: [{ guest: PORT }] });
  const shell = shellOf(server);
  const staging = await settingsFor(shell);
  const box = await sandbox({ staging });
  const env = { PLIMSOLL_SSH_OPTIONS: server.sshOptions.join(" ") };
  const plimsoll = (...args: string[]) =>
    box.run([...args, "--target", server.target], { env, timeout: RUN_WITHIN_MS });
  const readings = async () => {
    const { stdout, stderr } = await plimsoll("verify", "staging", "--host", "--json");
    assert.notEqual(stdout, "", stderr);
    return JSON.parse(stdout) as Found[];
  };
  return {
    ...{ server, shell, staging, box, env, plimsoll, readings },
    drift: async () => (await readings()).filter(({ live, declared }) => live !== declared),
    login: (user, command) => login(server, user, command),
    end: async () => {
      await server.powerOff();
      await box.forget();
    },
  };
}
