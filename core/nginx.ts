import { type Figure, Figures, type FiguresOf, why } from "./figure.ts";
import type { Leaves } from "./leaves.ts";
import { type NginxLimits, nginxLimits } from "./nginx-limits.ts";
import { type NginxTimes, nginxTimes } from "./nginx-times.ts";
import type { TimeoutsPlan } from "./timeouts.ts";
import { KIB, MIB } from "./units.ts";

export interface NginxPlan extends NginxTimes, NginxLimits {
  readonly workers: number;
  readonly workerConnections: number;
  /** Open files a worker may hold: two for a proxied client, some for the site. */
  readonly openFiles: number;
  readonly bufferBytes: number;
  /** Of one buffered answer. */
  readonly buffers: number;
  readonly gzipMinBytes: number;
  readonly listenPort: number;
  readonly tlsListenPort: number;
  readonly healthPort: number;
  /** With every connection, stream and zone in use. */
  readonly memoryBytes: number;
}

/** Each proxied client takes two: about 512 clients a worker. */
const WORKER_CONNECTIONS = 1024;
const CONNECTIONS_PER_CLIENT = 2;
/** A worker per core; more gain nothing on a small server and cost memory each. */
const MAX_WORKERS = 4;
const SITE_FILES = 256;
const BUFFER_BYTES = 8 * KIB;
const BUFFERS = 8;
/** Below that a compressed answer saves no packet. */
const GZIP_MIN_BYTES = KIB;
/** Inside the container: above 1024, since nginx runs unprivileged. */
const PORTS = { listen: 8080, tls: 8443, health: 8079 } as const;
/** A worker with its configuration, TLS library and allocator, measured 7 MiB. */
const WORKER_BYTES = 8 * MIB;
/** A connection and its two events. */
const CONNECTION_BYTES = 400;
/** TLS state and a buffer: estimate. */
const STREAM_BYTES = 52 * KIB;

export interface NginxInputs {
  readonly config: Leaves;
  readonly timeouts: FiguresOf<TimeoutsPlan>;
  /** Connections that all slots accept. */
  readonly connections: Figure<number>;
}

export function nginxFigures({ config, timeouts, connections }: NginxInputs): FiguresOf<NginxPlan> {
  const figures = new Figures("nginx", { source: "nginx manual", writtenIn: "nginx.conf" });
  const cpus = config.number("server.cpus");
  const workers = figures.count(
    "worker_processes",
    Math.max(1, Math.min(MAX_WORKERS, Math.floor(cpus.value))),
    why`one for each of ${cpus} cpus, at most ${MAX_WORKERS}`,
  );
  const needed = Math.ceil((CONNECTIONS_PER_CLIENT * connections.value) / workers.value);
  const workerConnections = figures.count(
    "worker_connections",
    Math.max(WORKER_CONNECTIONS, Math.ceil(needed / SITE_FILES) * SITE_FILES),
    why`two for each of ${connections} over ${workers} workers, at least ${WORKER_CONNECTIONS}`,
  );
  const limits = nginxLimits(config);
  return {
    workers,
    workerConnections,
    openFiles: figures.count(
      "worker_rlimit_nofile",
      workerConnections.value * CONNECTIONS_PER_CLIENT + SITE_FILES,
      why`2 x ${workerConnections} + ${SITE_FILES} for the site`,
    ),
    ...limits,
    ...nginxTimes(timeouts),
    ...buffers(figures),
    ...ports(figures),
    memoryBytes: memory({ workers, workerConnections, connections, zone: limits.zoneBytes }),
  };
}

function buffers(figures: Figures) {
  return {
    bufferBytes: figures.bytes("proxy_buffer_size", BUFFER_BYTES, why`the head of an answer`),
    buffers: figures.count("proxy_buffers", BUFFERS, why`64 KiB of a buffered answer`),
    gzipMinBytes: figures.bytes("gzip_min_length", GZIP_MIN_BYTES, why`one packet saves nothing`),
  };
}

function ports(figures: Figures) {
  return {
    listenPort: figures.count("listen_port", PORTS.listen, why`unprivileged, in the container`),
    tlsListenPort: figures.count("tls_port", PORTS.tls, why`unprivileged, in the container`),
    healthPort: figures.count("health_port", PORTS.health, why`on loopback, not limited`),
  };
}

function memory(
  parts: Readonly<Record<"workers" | "workerConnections" | "connections" | "zone", Figure<number>>>,
) {
  const { workers, workerConnections, connections, zone } = parts;
  const perWorkerBytes = WORKER_BYTES + workerConnections.value * CONNECTION_BYTES;
  const exactBytes =
    workers.value * perWorkerBytes + ZONES * zone.value + connections.value * STREAM_BYTES;
  return new Figures("nginx", { source: "estimate: TLS and buffers of a stream" }).bytes(
    "memory",
    Math.ceil(exactBytes / MIB) * MIB,
    why`${workers} x 8 MiB, ${workerConnections} prepared, ${ZONES} zones of ${zone}, 52 KiB for each of ${connections}`,
  );
}

/** Requests, connections, TLS sessions. */
const ZONES = 3;
