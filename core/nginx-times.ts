import { type Figure, Figures, type FiguresOf, type Reason, why } from "./figure.ts";
import type { TimeoutsPlan } from "./timeouts.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "./units.ts";

/** Every time in nginx.conf. */
export interface NginxTimes {
  readonly keepaliveMs: number;
  readonly clientTimeoutMs: number;
  readonly sendTimeoutMs: number;
  readonly proxySendMs: number;
  readonly proxyReadMs: number;
  readonly proxyConnectMs: number;
  /** How long an address of Docker's DNS is believed. */
  readonly resolverMs: number;
  /** `Retry-After` of its own refusals. */
  readonly retryAfterMs: number;
  readonly tlsSessionMs: number;
  readonly hstsMs: number;
  /** Of assets whose name changes with their content. */
  readonly assetsMs: number;
}

/** Above the 60 s after which most clients close an idle connection themselves. */
const KEEPALIVE_MS = 65 * SECOND_MS;
const CLIENT_TIMEOUT_MS = 30 * SECOND_MS;
const SEND_TIMEOUT_MS = MINUTE_MS;
const PROXY_SEND_MS = 30 * SECOND_MS;
const RESOLVER_MS = 5 * SECOND_MS;
const RETRY_AFTER_MS = 5 * SECOND_MS;
const TLS_SESSION_MS = DAY_MS;
/** Two years: what the preload list asks for. */
const HSTS_MS = 730 * DAY_MS;
const ASSETS_MS = 365 * DAY_MS;

export function nginxTimes(timeouts: FiguresOf<TimeoutsPlan>): FiguresOf<NginxTimes> {
  const figures = new Figures("nginx", { source: "nginx manual", writtenIn: "nginx.conf" });
  const same = (setting: string, { value }: Figure<number>, reason: Reason) =>
    figures.ms(setting, value, reason);
  return {
    keepaliveMs: figures.ms("keepalive_timeout", KEEPALIVE_MS, why`the client closes first`),
    clientTimeoutMs: figures.ms(
      "client_body_timeout",
      CLIENT_TIMEOUT_MS,
      why`between two reads of a request; the head has as long`,
    ),
    sendTimeoutMs: figures.ms("send_timeout", SEND_TIMEOUT_MS, why`between two writes`),
    proxySendMs: figures.ms("proxy_send_timeout", PROXY_SEND_MS, why`the guard is next door`),
    proxyReadMs: same("proxy_read_timeout", timeouts.proxyReadMs, why`${timeouts.proxyReadMs}`),
    proxyConnectMs: same("proxy_connect_timeout", timeouts.connectMs, why`${timeouts.connectMs}`),
    resolverMs: figures.ms("resolver_valid", RESOLVER_MS, why`a replaced guard has a new address`),
    retryAfterMs: figures.ms("retry_after", RETRY_AFTER_MS, why`a slot is replaced within seconds`),
    tlsSessionMs: figures.ms(
      "ssl_session_timeout",
      TLS_SESSION_MS,
      why`saves handshakes for a day`,
    ),
    hstsMs: figures.ms("strict_transport_security", HSTS_MS, why`two years: the preload list's`),
    assetsMs: figures.ms("assets_max_age", ASSETS_MS, why`their name changes with their content`),
  };
}
