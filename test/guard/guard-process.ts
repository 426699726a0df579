import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { until } from "./support.ts";

const MAIN = fileURLToPath(new URL("../../guard/main.ts", import.meta.url));

/** A guard in a process of its own, killed after the test. */
export class GuardProcess {
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";

  constructor(
    t: TestContext,
    environment: Record<string, string>,
    args = ["--import", "tsx", MAIN],
  ) {
    const env = {
      PATH: process.env["PATH"],
      GUARD_LISTEN: "127.0.0.1:0",
      GUARD_ADMIN_LISTEN: "127.0.0.1:0",
      ...environment,
    };
    this.child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    this.child.stdout?.on("data", (chunk) => {
      this.stdout += chunk;
    });
    this.child.stderr?.on("data", (chunk) => {
      this.stderr += chunk;
    });
    t.after(() => this.child.kill("SIGKILL"));
  }

  get lines(): Record<string, unknown>[] {
    return this.stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  /** Its two ports, once it listens. */
  async ports(): Promise<[port: number, adminPort: number]> {
    const line = () => this.lines.find(({ message }) => message === "listening");
    await until("it listens", () => line() !== undefined);
    const port = (address: unknown) => Number(String(address).split(":")[1]);
    return [port(line()?.["address"]), port(line()?.["admin_address"])];
  }

  async exitCode(): Promise<number | null> {
    if (this.child.exitCode === null) await once(this.child, "exit");
    return this.child.exitCode;
  }
}
