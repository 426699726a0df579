import { setTimeout as wait } from "node:timers/promises";
import type { VirtualServer } from "./virtual-server.ts";

/** A process that the kernel ended for want of memory. */
export interface Kill {
  /** Its program, as the kernel names it: 15 letters at most. */
  readonly task: string;
  /** Its cgroup below /sys/fs/cgroup. */
  readonly group: string;
}

/** How often something answered, and the longest that it took. */
export interface Watched {
  readonly answers: number;
  readonly failures: readonly string[];
  readonly longestMs: number;
}

/** Doubles until the kernel ends it; bash is in every image. */
export const EAT = "eaten=x; while :; do eaten=$eaten$eaten; done";

/** By what eats the memory: the program, with the containers' prefix and `EAT` as arguments, and where a victim may be. */
export const EATERS: Readonly<Record<string, { readonly eats: string; readonly dies: RegExp }>> = {
  "a slot": {
    eats: 'docker exec "$1-chat-1" bash -c "$2"',
    dies: /-service-chat-1\.slice\/docker-\w+\.scope$/,
  },
  Redis: {
    eats: 'docker exec "$1-redis" bash -c "$2"',
    dies: /-service-redis\.slice\/docker-\w+\.scope$/,
  },
  "a backup": {
    eats: 'docker run --rm --cgroup-parent="$1-batch.slice" --memory=128m --memory-swap=128m --entrypoint=bash "$(docker inspect --format {{.Config.Image}} "$1-postgres")" -c "$2"',
    dies: /-batch\.slice\/docker-\w+\.scope$/,
  },
  "the host": {
    eats: `systemd-run --quiet --wait --pipe --slice=system.slice --unit=eater perl -e 'push @eaten, "x" x 2**20 while 1'`,
    dies: /^\/system\.slice\/eater\.service$/,
  },
};

const PROBE_INTERVAL_MS = 500;
const KILL = /oom-kill:.*task_memcg=([^,]+),task=([^,]+),pid=/;

/** Every such kill of this boot, oldest first. */
export async function killsOn({ run }: VirtualServer): Promise<Kill[]> {
  const { stdout } = await run(["dmesg", "--notime"]);
  return String(stdout)
    .split("\n")
    .flatMap((line) => {
      const [, group, task] = KILL.exec(line) ?? [];
      return group && task ? [{ task, group }] : [];
    });
}

/** Asks again and again until `work` has ended. @returns what `work` gave, and how it went */
export async function watching<Result>(
  ask: () => Promise<unknown>,
  work: Promise<Result>,
): Promise<Watched> {
  let isOver = false;
  const done = work.finally(() => {
    isOver = true;
  });
  const failures: string[] = [];
  let [answers, longestMs] = [0, 0];
  while (!isOver) {
    const start = performance.now();
    try {
      await ask();
      answers += 1;
    } catch (error) {
      failures.push(String(error));
    }
    longestMs = Math.max(longestMs, performance.now() - start);
    await wait(PROBE_INTERVAL_MS);
  }
  await done;
  return { answers, failures, longestMs };
}
