import { setTimeout as wait } from "node:timers/promises";
import type { Environment } from "../config/environment.ts";
import { OperatorError } from "../core/operator-error.ts";
import { type FoundContainer, ownContainers } from "./containers.ts";
import type { Report } from "./report.ts";
import type { Target } from "./target.ts";

const HEALTHY_WITHIN_MS = 120_000;
const POLL_MS = 500;

async function untilHealthy(environment: Environment, target: Target, name: string): Promise<void> {
  const end = Date.now() + HEALTHY_WITHIN_MS;
  for (;;) {
    const found = (await ownContainers(target, environment)).find((one) => one.name === name);
    if (found?.state === "running" && found.health === "healthy") return;
    if (Date.now() > end) {
      throw new OperatorError(
        `container ${name}: must be healthy after its restart, got ${found?.health ?? "none"}; read its log (docker logs ${name})`,
      );
    }
    await wait(POLL_MS);
  }
}

export interface RestartOptions {
  readonly environment: Environment;
  readonly target: Target;
  readonly report: Report;
}

/**
 * Restarts the running containers that `which` picks, one after the other: each has its time to drain, and the next
 * waits until it is healthy.
 * @throws OperatorError when one does not become healthy again; the rest keep running as they are
 */
export async function restartInTurn(
  { environment, target, report }: RestartOptions,
  which: (container: FoundContainer) => boolean,
): Promise<void> {
  const running = (await ownContainers(target, environment)).filter(
    ({ state }) => state === "running",
  );
  for (const { id, name } of running.filter(which)) {
    report.step(`restarting ${name}`);
    await target.docker(["restart", id]);
    await untilHealthy(environment, target, name);
  }
}
