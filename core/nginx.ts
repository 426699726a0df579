/** Each proxied client takes two: about 512 clients a worker. */
const WORKER_CONNECTIONS = 1024;
/** A worker per core; more gain nothing on a small server and cost memory each. */
const MAX_WORKERS = 4;

export interface NginxPlan {
  readonly workers: number;
  readonly workerConnections: number;
  /** Open files a worker may hold: two for a proxied client, some for the site. */
  readonly openFiles: number;
}

export function nginxPlan(cpus: number): NginxPlan {
  return {
    workers: Math.max(1, Math.min(MAX_WORKERS, Math.floor(cpus))),
    workerConnections: WORKER_CONNECTIONS,
    openFiles: WORKER_CONNECTIONS * 2 + 256,
  };
}
