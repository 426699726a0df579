import { type Guard, startGuard } from "./guard.ts";
import { Log } from "./log.ts";
import { Reload } from "./reload.ts";
import { formatAddress } from "./settings.ts";
import { SettingsError } from "./settings-error.ts";
import { settingsFields } from "./settings-fields.ts";
import { loadSettings } from "./settings-source.ts";

const EXIT_SETTINGS = 2;
const EXIT_HURRIED = 1;

async function main(): Promise<void> {
  const settings = loadSettings(process.env);
  const log = new Log(settings.logLevel);
  log.info("initialised", settingsFields(settings));
  const guard = await startGuard(settings, log);
  drainOnSignal(guard, log);
  new Reload(process.env, guard, log).start();
  log.info("listening", {
    address: formatAddress(guard.address),
    admin_address: formatAddress(guard.adminAddress),
  });
}

/** The first signal drains, the second ends at once. */
function drainOnSignal(guard: Guard, log: Log): void {
  let isDraining = false;
  const onSignal = async (signal: NodeJS.Signals) => {
    if (isDraining) process.exit(EXIT_HURRIED);
    isDraining = true;
    const { drainTimeoutMs, streamDrainTimeoutMs } = guard.settings;
    log.info("draining", {
      signal,
      timeout_ms: drainTimeoutMs,
      stream_timeout_ms: streamDrainTimeoutMs,
    });
    const cut = await guard.drain(drainTimeoutMs, streamDrainTimeoutMs);
    log.info("drained", { cut });
    process.exit(0);
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  for (const problem of error.problems) process.stderr.write(`${problem}\n`);
  process.exit(EXIT_SETTINGS);
}
