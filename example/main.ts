import { App } from "./app.ts";
import { EnvironmentError } from "./environment.ts";
import { createLog, type Log } from "./log.ts";
import { raiseOomScore } from "./oom-score.ts";
import { readSettings, type Settings } from "./settings.ts";

const EXIT_USAGE = 2;

async function main(): Promise<void> {
  const settings = settingsOrExit();
  const log = createLog(settings.logLevel, settings.slotName);
  raiseOomScore(settings.oomScoreAdj, log);
  const app = new App(settings, log);
  stopOnSignal(app, log);
  log.info("server: listening", { port: await app.start() });
}

function settingsOrExit(): Settings {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_USAGE);
  }
}

/** The process ends when nothing is left to do; a second signal does not wait for that. */
function stopOnSignal(app: App, log: Log): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, async () => {
      log.info("server: draining", { signal });
      await app.stop();
      log.info("server: stopped");
    });
  }
}

await main();
