import type { RedisPlan } from "../core/redis.ts";

export interface RedisView extends RedisPlan {
  /** Whether it keeps what it has on disk. */
  readonly store: boolean;
}

export function redisView(plan: RedisPlan): RedisView {
  return { ...plan, store: plan.role === "store" };
}
