import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { Guard } from "./guard.ts";
import { isInlineJson } from "./json-source.ts";
import type { Log } from "./log.ts";
import { CONFIG_FILE, type Environment } from "./settings.ts";
import { SettingsError } from "./settings-error.ts";
import { loadSettings } from "./settings-source.ts";

/** An editor writes a file in several steps, each of them an event. */
const SETTLE_MS = 200;

/** Puts new settings in force: all of them, or, when one is wrong, none. */
export class Reload {
  readonly #environment: Environment;
  readonly #guard: Guard;
  readonly #log: Log;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(environment: Environment, guard: Guard, log: Log) {
    this.#environment = environment;
    this.#guard = guard;
    this.#log = log;
  }

  /** Reloads on SIGHUP and whenever the file that GUARD_CONFIG names changes. */
  start(): void {
    process.on("SIGHUP", () => this.run());
    const path = this.#environment[CONFIG_FILE];
    if (!path || isInlineJson(path)) return;
    // The folder, not the file: whoever replaces the file gives it another inode.
    this.#watcher = watch(dirname(path), (_event, name) => {
      if (name === basename(path)) this.#soon();
    });
    this.#watcher.on("error", (error) => this.#log.warn("watch ended", { error: error.message }));
    this.#watcher.unref();
  }

  run(): void {
    try {
      const settings = loadSettings(this.#environment);
      this.#guard.configure(settings);
      this.#log.info("reloaded", { backends: settings.backends });
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      this.#guard.keepSettings();
      this.#log.error("settings kept", { problems: error.problems });
    }
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.run(), SETTLE_MS);
    this.#timer.unref();
  }
}
