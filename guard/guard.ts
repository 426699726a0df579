import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setDefaultHighWaterMark } from "node:stream";
import { createAdminServer } from "./admin-server.ts";
import { Admission } from "./admission.ts";
import { Backend } from "./backend.ts";
import { Counters } from "./counters.ts";
import type { ExchangeContext } from "./exchange.ts";
import type { Log } from "./log.ts";
import { LogThrottle } from "./log-throttle.ts";
import { collectMetrics } from "./metrics.ts";
import { formatMetrics } from "./prometheus.ts";
import { BUFFER_BYTES, ProxyServer } from "./proxy-server.ts";
import { RetryBudget } from "./retry-budget.ts";
import { Router } from "./router.ts";
import type { Address, Settings } from "./settings.ts";
import { SettingsError } from "./settings-error.ts";
import { withoutLimits } from "./unlimited.ts";

/** A guard that listens. */
export interface Guard {
  readonly address: Address;
  readonly adminAddress: Address;
  readonly backends: readonly Backend[];
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
  const backends = settings.backends.map((each) => new Backend(each, settings, log));
  const router = new Router(backends, settings);
  const counters = new Counters();
  const context: ExchangeContext = {
    router,
    admission: new Admission(settings),
    limits: settings,
    counters,
    retries: new RetryBudget(
      settings,
      () => proxyInFlight(backends),
      () => false,
    ),
    log: new LogThrottle(log),
    isDraining: false,
  };
  const proxy = new ProxyServer(context, capacity(settings, router));
  const admin = createAdminServer({
    notReady: () => {
      if (context.isDraining) return "draining";
      // Reachable, not up: a backend is up only after a request, and none may come while we are not ready.
      return backends.some((backend) => backend.isReachable()) ? undefined : "backends_down";
    },
    metrics: () => formatMetrics(collectMetrics(router, counters)),
  });
  const address = await listen(proxy.server, "GUARD_LISTEN", settings.listen);
  const adminAddress = await listen(admin, "GUARD_ADMIN_LISTEN", settings.adminListen);
  return {
    address,
    adminAddress,
    backends,
    drain: async (timeoutMs, streamTimeoutMs = timeoutMs) => {
      const cut = await proxy.drain(timeoutMs, streamTimeoutMs);
      for (const backend of backends) backend.close();
      admin.close();
      admin.closeAllConnections();
      return cut;
    },
  };
}

function proxyInFlight(backends: readonly Backend[]): number {
  return backends.reduce((sum, { load }) => sum + load, 0);
}

/** Everything that can be under way at once: what is served, and what waits for it. */
function capacity(settings: Settings, router: Router): number {
  const served = settings.backends.reduce((sum, each) => sum + each.concurrency + each.streams, 0);
  return served + settings.queueRequests * router.pools.length;
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
