import { rm } from "node:fs/promises";
import { execa } from "execa";

/** What a shell tells of a program that ended by this signal. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Begins the names of all containers of this run. */
export const NAME = `bench-overload-${process.pid}`;

/** A run that is broken off ends what it has started: the engine would start the backends again for ever. */
export function endOnSignal(folder: string): void {
  for (const [signal, code] of Object.entries(EXIT_CODES)) {
    process.once(signal, async () => {
      await removeContainers();
      await rm(folder, { recursive: true, force: true });
      // nginx and HAProxy are children of this process, which execa ends with it.
      process.exit(code);
    });
  }
}

async function removeContainers(): Promise<void> {
  const filter = ["--all", "--quiet", "--filter", `name=^${NAME}-`];
  const { stdout } = await execa("docker", ["ps", ...filter]);
  const ids = stdout.split("\n").filter(Boolean);
  if (ids.length > 0) await execa("docker", ["rm", "--force", ...ids], { reject: false });
}
