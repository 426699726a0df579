import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { answers } from "../../answers.ts";
import { until } from "../until.ts";
import type { Place, RunningArm } from "./arm.ts";

const START_TIMEOUT_MS = 20_000;
const END_MS = 2000;

/** A proxy as a program of this machine; its output goes to a file in the place's folder. */
export async function startProgram(
  place: Place,
  [file, ...args]: readonly [string, ...string[]],
): Promise<RunningArm> {
  const program = execa(file, args, {
    all: true,
    buffer: false,
    reject: false,
    forceKillAfterDelay: END_MS,
  });
  program.all.pipe(createWriteStream(join(place.folder, "arm.log"), { flags: "a" }));
  const end = async () => {
    program.kill("SIGTERM");
    await program;
  };
  try {
    await until(() => answers(`http://127.0.0.1:${place.frontPort}/healthz`), START_TIMEOUT_MS);
  } catch (error) {
    await end();
    throw error;
  }
  return { port: place.frontPort, end };
}
