import { join } from "node:path";
import { type ProgramOptions, startProgram } from "../../program.ts";
import type { Place, RunningArm } from "./arm.ts";

/** A proxy as a program of this machine; its output goes to a file in the place's folder. */
export async function startArm(
  { folder, frontPort }: Place,
  command: ProgramOptions["command"],
): Promise<RunningArm> {
  const program = await startProgram({
    command,
    url: `http://127.0.0.1:${frontPort}/healthz`,
    logFile: join(folder, "arm.log"),
  });
  return { port: frontPort, end: () => program.end() };
}
