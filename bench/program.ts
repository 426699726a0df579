import { createWriteStream } from "node:fs";
import { execa } from "execa";
import { answers } from "./answers.ts";
import { until } from "./until.ts";

const START_TIMEOUT_MS = 20_000;
const END_MS = 2000;

export interface ProgramOptions {
  readonly command: readonly [string, ...string[]];
  /** Answers with a status below 300 when the program is ready. */
  readonly url: string;
  /** File that its output is added to. */
  readonly logFile: string;
}

export interface Program {
  end(): Promise<void>;
}

/** A program of this machine, ready. @throws Error when it is not in time; it is ended then */
export async function startProgram({ command, url, logFile }: ProgramOptions): Promise<Program> {
  const [file, ...args] = command;
  const program = execa(file, args, {
    all: true,
    buffer: false,
    reject: false,
    forceKillAfterDelay: END_MS,
  });
  program.all.pipe(createWriteStream(logFile, { flags: "a" }));
  const end = async () => {
    program.kill("SIGTERM");
    await program;
  };
  try {
    await until(() => answers(url), START_TIMEOUT_MS);
  } catch (error) {
    await end();
    throw error;
  }
  return { end };
}
