import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { answers } from "../../answers.ts";
import { benchCgroup } from "../../cgroup.ts";
import { imageFlags } from "../../guard-flags.ts";
import { until } from "../../until.ts";
import type { Arm, Place, RunningArm } from "./arm.ts";
import { QUEUE_TIMEOUT_MS } from "./queue-timeout.ts";

const LIMIT = "96m";
const START_TIMEOUT_MS = 20_000;
/** Above what any profile needs: memory decides, not this. */
const CONCURRENCY = 1000;

/** The guard in a container of its own, as in the stack. */
export function guard(hints: boolean): Arm {
  return {
    name: hints ? "guard-hints" : "guard",
    readsHints: hints,
    start: async ({ place }) => {
      const config = JSON.stringify({ routes: routes(hints) });
      await writeFile(join(place.folder, "guard.json"), config);
      return startGuard(place, environment(place));
    },
  };
}

/** What the limits of nginx and HAProxy know too: which requests are light. With hints, also where the others tell their size. */
function routes(hints: boolean): readonly unknown[] {
  const size = { from: "query", name: "size", bytesPerUnit: 1 };
  const light = { name: "light", path: "/light", criticality: "critical" };
  const heavy = { name: "heavy", path: "/heavy", ...(hints ? { size } : {}) };
  return [light, heavy, { name: "stream", path: "/stream" }];
}

function environment(place: Place): Record<string, string> {
  const backend = `slot=http://127.0.0.1:${place.backendPort}`;
  return {
    GUARD_LISTEN: `127.0.0.1:${place.frontPort}`,
    GUARD_ADMIN_LISTEN: `127.0.0.1:${place.adminPort}`,
    GUARD_BACKENDS: `${backend};concurrency=${CONCURRENCY};streams=${CONCURRENCY};cgroup=${place.cgroupParent}`,
    GUARD_CONFIG: "/settings/guard.json",
    GUARD_ACQUIRE_TIMEOUT_MS: String(QUEUE_TIMEOUT_MS),
  };
}

async function startGuard(place: Place, variables: Record<string, string>): Promise<RunningArm> {
  const name = `${place.name}-guard`;
  await execa("docker", [
    ...["run", "--detach", "--name", name, "--network", "host"],
    ...["--memory", LIMIT, "--memory-swap", LIMIT, "--cgroup-parent", await benchCgroup("guards")],
    ...["--volume", "/sys/fs/cgroup:/sys/fs/cgroup:ro", "--volume", `${place.programs}:/guard:ro`],
    ...Object.entries({ ...variables, MALLOC_ARENA_MAX: "2" }).flatMap(([key, value]) => [
      "--env",
      `${key}=${value}`,
    ]),
    ...["--volume", `${place.folder}:/settings:ro`, "--entrypoint", "node", place.image],
    ...[...imageFlags(), "/guard/guard.mjs"],
  ]);
  const end = async () => {
    await execa("sh", [
      "-c",
      `docker logs ${name} >>${place.folder}/arm.log 2>&1; docker rm --force ${name}`,
    ]);
  };
  try {
    await until(() => answers(`http://127.0.0.1:${place.frontPort}/healthz`), START_TIMEOUT_MS);
  } catch (error) {
    await end();
    throw error;
  }
  return { port: place.frontPort, end };
}
