import { OOM_SCORES } from "./allocation/oom-score.ts";
import { type Figure, Figures, type FiguresOf, why } from "./figure.ts";
import { MIB, SECOND_MS, wholeMib } from "./units.ts";

/** What a Redis is kept for. */
export type RedisRole = "cache" | "store";

/** An empty Redis with its client and Lua structures. */
const BASE_BYTES = 8 * MIB;
/** Without persistence the rest is fragmentation; with it a fork copies pages that are written meanwhile. */
const MAXMEMORY_PERCENT: Readonly<Record<RedisRole, number>> = { cache: 68, store: 60 };
/** 10000 is Redis' default and costs 20 kB each. */
const MAX_CLIENTS = 256;
/** All clients' buffers together, of maxmemory: beyond it the largest client is cut off. */
const CLIENT_PERCENT = 10;
/** A subscriber that does not read is cut off at 8 MiB at once, or 4 MiB for a minute. */
const PUBSUB = { hardBytes: 8 * MIB, softBytes: 4 * MIB, softMs: 60 * SECOND_MS } as const;
/** A rewrite forks: below 32 MiB it is not worth it. */
const REWRITE_MIN_BYTES = 32 * MIB;
const BACKLOG = 511;
const KEEPALIVE_MS = 120 * SECOND_MS;
const PORT = 6379;
/** Dies after the app slots and before Postgres; the forked writer first. */
const FORK_SCORES = { replica: 300, child: 800 } as const;
/** Room for the log and its rewrite, while both are there. */
const FILES_PER_DATASET = 3;

const MANUAL = "redis.conf of Redis 8, BullMQ and Azure guides";

/** Settings of a Redis with a container to itself. */
export interface RedisPlan {
  readonly role: RedisRole;
  readonly port: number;
  readonly maxmemoryBytes: number;
  /** A cache evicts; a store of locks, sessions and queues refuses instead. */
  readonly policy: "allkeys-lru" | "noeviction";
  /** Whether every write goes to the append-only file. */
  readonly appendonly: "yes" | "no";
  readonly rewriteMinBytes: number;
  readonly maxClients: number;
  readonly clientPercent: number;
  readonly pubsubHardBytes: number;
  readonly pubsubSoftBytes: number;
  readonly pubsubSoftMs: number;
  readonly backlog: number;
  readonly keepaliveMs: number;
  readonly oomScore: number;
  readonly oomScoreReplica: number;
  readonly oomScoreChild: number;
  /** Disk that it may fill. */
  readonly diskBytes: number;
}

export interface RedisInputs {
  readonly who: string;
  readonly limit: Figure<number>;
  readonly role: Figure<RedisRole>;
}

export function redisFigures({ who, limit, role }: RedisInputs): FiguresOf<RedisPlan> {
  const figures = new Figures(who, { source: MANUAL, writtenIn: "redis.conf" });
  const inner = new Figures(who, { source: MANUAL });
  const isStore = role.value === "store";
  const percent = MAXMEMORY_PERCENT[role.value];
  const maxmemory = figures.bytes(
    "maxmemory",
    wholeMib(((limit.value - BASE_BYTES) * percent) / 100),
    isStore
      ? why`${percent} % of what ${limit} leaves beside 8 MiB: ${role} forks to write, and pages are copied`
      : why`${percent} % of what ${limit} leaves beside 8 MiB: fragmentation of a ${role}`,
  );
  return {
    role,
    port: figures.count("port", PORT, why`Redis' own`),
    maxmemoryBytes: maxmemory,
    policy: figures.word(
      "maxmemory-policy",
      isStore ? "noeviction" : "allkeys-lru",
      isStore ? why`a ${role} must not forget a lock or a job` : why`a ${role} forgets the oldest`,
    ),
    appendonly: figures.word<"yes" | "no">("appendonly", isStore ? "yes" : "no", why`a ${role}`),
    rewriteMinBytes: (isStore ? figures : inner).bytes(
      "auto-aof-rewrite-min-size",
      REWRITE_MIN_BYTES,
      why`below it a fork is not worth it`,
    ),
    ...clients(figures),
    diskBytes: inner.bytes(
      "disk",
      isStore ? FILES_PER_DATASET * maxmemory.value : 0,
      isStore
        ? why`log, its rewrite and a margin: 3 x ${maxmemory}`
        : why`a ${role} writes nothing`,
    ),
  };
}

function clients(figures: Figures) {
  return {
    maxClients: figures.count("maxclients", MAX_CLIENTS, why`20 kB each; the default is 10000`),
    clientPercent: figures.percent(
      "maxmemory-clients",
      CLIENT_PERCENT,
      why`client buffers count in maxmemory and would evict data`,
    ),
    pubsubHardBytes: figures.bytes("pubsub-hard", PUBSUB.hardBytes, why`a quarter of the default`),
    pubsubSoftBytes: figures.bytes("pubsub-soft", PUBSUB.softBytes, why`half of the hard limit`),
    pubsubSoftMs: figures.ms("pubsub-soft-time", PUBSUB.softMs, why`Redis' default`),
    backlog: figures.count("tcp-backlog", BACKLOG, why`Redis' default, below somaxconn 4096`),
    keepaliveMs: figures.ms("tcp-keepalive", KEEPALIVE_MS, why`finds dead peers within minutes`),
    oomScore: figures.count(
      "oom-score-adj",
      OOM_SCORES.redis,
      why`after the slots, before Postgres`,
    ),
    oomScoreReplica: figures.count("oom-score-adj-replica", FORK_SCORES.replica, why`none is used`),
    oomScoreChild: figures.count("oom-score-adj-child", FORK_SCORES.child, why`a fork dies first`),
  };
}
