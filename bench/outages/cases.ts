import type { ConfigInput } from "../../config/define.ts";
import type { IsGood } from "./client.ts";

const DETAILED = "/health/detailed";

/** What each case turns to have one container replaced, and no other; memory by as much as its config file tells. */
export interface Knobs {
  readonly connections: number;
  readonly cacheMib: number;
  readonly storeMib: number;
  readonly criticalPercent: number;
  readonly bodyMib: number;
  readonly turn: number;
  readonly slots: number;
}

export const KNOBS: Knobs = {
  ...{ connections: 20, cacheMib: 80, storeMib: 80, criticalPercent: 85, bodyMib: 1 },
  ...{ turn: 0, slots: 2 },
};

/** Every memory is said, so that nobody's follows from another's. One client asks more than its share. */
export function settingsOf(knobs: Knobs): ConfigInput["environments"][string] {
  const { connections, cacheMib, storeMib, criticalPercent, bodyMib, turn, slots } = knobs;
  const env = { TURN: `${turn}` };
  return {
    limits: {
      ...{ requestsPerSecond: 1000, burst: 1000, connectionsPerClient: 1000 },
      body: `${bodyMib}MiB`,
    },
    guard: { criticalPercent },
    services: {
      // What asks the stores too is usually not for everybody.
      chat: { slots, limit: "280MiB", databasePool: 8, env, paths: ["/api/", "/health", DETAILED] },
      postgres: { limit: "320MiB", maxConnections: connections },
      redis: { limit: `${cacheMib}MiB` },
      sessions: { kind: "redis", role: "store", limit: `${storeMib}MiB` },
    },
  };
}

export interface Case {
  readonly name: string;
  /** Service and, for an app, slot of the container that is replaced. */
  readonly who: readonly [service: string, slot?: number];
  readonly turn: (knobs: Knobs) => Partial<Knobs>;
  readonly path: string;
  readonly isGood: IsGood;
  /** Before it: the stores filled to what they were promised, a stream that is open when it is told to stop. @default nothing */
  readonly first?: "fill" | "stream";
}

const is200: IsGood = (status) => status === 200;
/** The example tells a missing cache, and goes on. */
const hasCache: IsGood = (status, body) => status === 200 && body.includes('"status":"ok"');

const ANY = { path: "/health", isGood: is200 };
const DATABASE = { path: DETAILED, isGood: is200 };

const POSTGRES: Case = {
  ...{ name: "postgres", who: ["postgres"], ...DATABASE },
  turn: ({ connections }) => ({ connections: connections + 1 }),
};
const STORE: Case = {
  ...{ name: "store", who: ["sessions"], ...ANY },
  turn: ({ storeMib }) => ({ storeMib: storeMib + 2 }),
};
const GUARD: Case = {
  ...{ name: "guard", who: ["guard"], ...ANY },
  turn: ({ criticalPercent }) => ({ criticalPercent: criticalPercent + 1 }),
};
const NGINX: Case = {
  ...{ name: "nginx", who: ["nginx"], ...ANY },
  turn: ({ bodyMib }) => ({ bodyMib: bodyMib + 1 }),
};

/** Those with filled stores are last: they stay full. */
export const CASES: readonly Case[] = [
  POSTGRES,
  {
    ...{ name: "cache", who: ["redis"], path: DETAILED, isGood: hasCache },
    turn: ({ cacheMib }) => ({ cacheMib: cacheMib + 2 }),
  },
  STORE,
  GUARD,
  NGINX,
  {
    ...{ name: "guard and nginx", who: ["nginx"], ...ANY },
    turn: (knobs) => ({ ...GUARD.turn(knobs), ...NGINX.turn(knobs) }),
  },
  {
    ...{ name: "both slots in turn", who: ["chat", 1], ...ANY },
    turn: ({ turn }) => ({ turn: turn + 1 }),
  },
  { ...GUARD, name: "guard with a stream", first: "stream" },
  { ...POSTGRES, name: "postgres with full buffers", first: "fill" },
  { ...STORE, name: "full store", first: "fill" },
];

/** After a deploy that has left one slot. */
export const ONE_SLOT: Case = {
  ...{ name: "only slot", who: ["chat", 1], ...ANY },
  turn: ({ turn }) => ({ turn: turn + 1 }),
};
