import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setDefaultHighWaterMark } from "node:stream";
import { createAdminServer } from "./admin-server.ts";
import { adminView } from "./admin-view.ts";
import type { Backend } from "./backend.ts";
import { configureExchanges, exchangeContext } from "./exchange-context.ts";
import type { Fleet } from "./fleet.ts";
import { GateLedger } from "./gate-ledger.ts";
import { Leases } from "./leases.ts";
import type { Log } from "./log.ts";
import { BUFFER_BYTES, ProxyServer } from "./proxy-server.ts";
import { type Address, formatAddress, type Settings } from "./settings.ts";
import { SettingsError } from "./settings-error.ts";
import { StateLog } from "./state-log.ts";
import { withoutLimits } from "./unlimited.ts";

/** A guard that listens. */
export interface Guard {
  readonly address: Address;
  readonly adminAddress: Address;
  readonly backends: readonly Backend[];
  /** Those in force. */
  readonly settings: Settings;
  /**
   * Puts other settings in force. What is under way goes on.
   * @throws SettingsError when they cannot be changed while it runs; then the old ones stay.
   */
  configure(settings: Settings): void;
  /** New settings were wrong: the metrics are to tell it. */
  keepSettings(): void;
  /**
   * Lets what is under way end, then closes everything.
   * @param streamTimeoutMs longest time for event streams and WebSockets, if longer than `timeoutMs`. @default timeoutMs
   * @returns how many were cut.
   */
  drain(timeoutMs: number, streamTimeoutMs?: number): Promise<number>;
}

/**
 * Builds the guard and starts to listen.
 * @throws SettingsError when an address cannot be listened on.
 */
export async function startGuard(given: Settings, log: Log): Promise<Guard> {
  const settings = given.enabled ? given : withoutLimits(given);
  setDefaultHighWaterMark(false, BUFFER_BYTES);
  const context = exchangeContext(settings, log);
  const { fleet, counters } = context;
  const leases = new Leases(new GateLedger(() => fleet.backends));
  const proxy = new ProxyServer(context, capacity(settings, fleet));
  const admin = createAdminServer(adminView(context, leases));
  const stateLog = new StateLog(() => context.admission.state(fleet.router.pools), log);
  const address = await listen(proxy.server, "GUARD_LISTEN", settings.listen);
  const adminAddress = await listen(admin, "GUARD_ADMIN_LISTEN", settings.adminListen);
  stateLog.start();
  return {
    address,
    adminAddress,
    get backends() {
      return fleet.backends;
    },
    get settings() {
      return context.settings;
    },
    configure: (next) => {
      refuseFixed(settings, next);
      const effective = next.enabled ? next : withoutLimits(next);
      configureExchanges(context, effective);
      proxy.resize(capacity(effective, fleet));
      log.setLevel(effective.logLevel);
      counters.isConfigured = true;
    },
    keepSettings: () => {
      counters.isConfigured = false;
    },
    drain: async (timeoutMs, streamTimeoutMs = timeoutMs) => {
      const cut = await proxy.drain(timeoutMs, streamTimeoutMs);
      fleet.close();
      leases.close();
      stateLog.stop();
      context.admission.close();
      admin.close();
      admin.closeAllConnections();
      return cut;
    },
  };
}

/** Where it listens is known to others: to change that is a restart. */
function refuseFixed(now: Settings, next: Settings): void {
  const problems = [
    fixedProblem("GUARD_LISTEN", now.listen, next.listen),
    fixedProblem("GUARD_ADMIN_LISTEN", now.adminListen, next.adminListen),
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new SettingsError(problems);
}

function fixedProblem(name: string, now: Address, next: Address): string | undefined {
  const [before, after] = [formatAddress(now), formatAddress(next)];
  if (before === after) return undefined;
  return `${name}: must stay as it is while the guard runs, got "${after}"; write ${before} or restart`;
}

/** Everything that can be under way at once: what is served, and what waits for it. */
function capacity(settings: Settings, fleet: Fleet): number {
  const served = settings.backends.reduce((sum, each) => sum + each.concurrency + each.streams, 0);
  return served + settings.queueRequests * fleet.router.pools.length;
}

async function listen(server: Server, name: string, { host, port }: Address): Promise<Address> {
  server.listen({ host, port });
  try {
    await once(server, "listening");
  } catch (error) {
    const problem = `${name}: must be a free address of this machine, got "${host}:${port}"`;
    throw new SettingsError([`${problem} (${(error as Error).message}); choose another`]);
  }
  const { address, port: bound } = server.address() as AddressInfo;
  return { host: address, port: bound };
}
