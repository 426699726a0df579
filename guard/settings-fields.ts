import { formatAddress, type Settings } from "./settings.ts";

/** Every setting in force, named as log lines name things: `acquireTimeoutMs` is `acquire_timeout_ms`. */
export function settingsFields(settings: Settings): Record<string, unknown> {
  const { listen, adminListen, backends, ...others } = settings;
  const plain = Object.entries(others).map(([key, value]) => [snakeCase(key), value]);
  return {
    ...Object.fromEntries(plain),
    listen: formatAddress(listen),
    admin_listen: formatAddress(adminListen),
    base_concurrency: backends.reduce((sum, { concurrency }) => sum + concurrency, 0),
    backends,
  };
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
