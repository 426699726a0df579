import { Construct } from "constructs";
import { cgroupParent, cgroupPath } from "../../core/cgroup.ts";
import { containerName, volumeName } from "../../core/names.ts";
import { memoryOf } from "../../core/plan.ts";
import type { SlotPlan } from "../../core/slot.ts";
import { servicesOf } from "../../core/spec.ts";
import { toMib } from "../../core/units.ts";
import { userOf } from "../../core/users.ts";
import { commonProps, type Deployment, network, slotTier } from "../deployment.ts";
import { httpHealth } from "./health.ts";
import { ServiceContainer } from "./service-container.ts";

export interface GuardProps {
  readonly deployment: Deployment;
}

/** As in the image, which owns it: a new volume takes its owner over. */
const LEARNED = "/var/lib/guard";
const CGROUPS = "/sys/fs/cgroup";

/** The memory guard between nginx and the app slots. */
export class Guard extends Construct {
  readonly server: ServiceContainer;

  constructor(scope: Construct, id: string, { deployment }: GuardProps) {
    super(scope, id);
    const { environment, plan, images } = deployment;
    this.server = new ServiceContainer(this, "server", {
      ...commonProps(deployment, containerName(environment, "guard"), ["door", "guard"]),
      service: "guard",
      image: images.guard,
      user: userOf("node"),
      networks: [network(deployment, "edge"), network(deployment, "app")],
      env: { ...guardVariables(deployment), GUARD_COST_FILE: `${LEARNED}/costs.json` },
      // All of them: a slot's own is made anew with its container, and a mount of it would stay with the old one.
      hostFolders: [{ hostPath: CGROUPS, path: CGROUPS }],
      volumes: [
        { volume: volumeName(environment, "guard", "data"), path: LEARNED, readOnly: false },
      ],
      health: httpHealth(plan.guard.adminPort, "/healthz"),
      stopGraceMs: plan.timeouts.stopGraceMs,
    });
  }
}

/** As the guard reads them: bytes, and the size's source by its kind. */
function routes({ environment }: Deployment): readonly object[] {
  const apps = servicesOf(environment.services, "app");
  return apps.flatMap(([, app]) =>
    app.routes.map(({ memory, size, ...route }) => ({
      ...route,
      costBytes: memory,
      size: size && { from: "query", name: size.query, bytesPerUnit: size.memoryPerUnit },
    })),
  );
}

/** What a request costs of which nothing is known yet: the most that any app says. */
function estimatedMib({ environment }: Deployment): number {
  const apps = servicesOf(environment.services, "app");
  return Math.max(1, ...apps.map(([, app]) => Math.ceil(toMib(app.memoryPerRequest))));
}

function guardVariables(deployment: Deployment): Record<string, string> {
  const { guard, timeouts, slots } = deployment.plan;
  return {
    GUARD_LISTEN: `0.0.0.0:${guard.port}`,
    GUARD_ADMIN_LISTEN: `0.0.0.0:${guard.adminPort}`,
    GUARD_BACKENDS: slots.map((slot) => backend(deployment, slot)).join(","),
    GUARD_QUEUE_REQUESTS: String(guard.queueRequests),
    GUARD_ACQUIRE_TIMEOUT_MS: String(timeouts.acquireMs),
    GUARD_READ_TIMEOUT_MS: String(timeouts.proxyReadMs),
    GUARD_DRAIN_TIMEOUT_MS: String(timeouts.drainMs),
    GUARD_STREAM_DRAIN_TIMEOUT_MS: String(timeouts.drainMs),
    GUARD_CONFIG: JSON.stringify({ routes: routes(deployment) }),
    MEMORY_GUARD_WARNING_PERCENT: String(guard.warningPercent / 100),
    MEMORY_GUARD_MAX_PERCENT: String(guard.highPercent / 100),
    MEMORY_GUARD_CRITICAL_PERCENT: String(guard.criticalPercent / 100),
    MEMORY_GUARD_ESTIMATED_MEM_PER_REQ_MB: String(estimatedMib(deployment)),
    MALLOC_ARENA_MAX: String(guard.mallocArenas),
  };
}

/** `chat-1=http://plimsoll-local-chat-1:3000;path=/api/;concurrency=14;streams=40;cgroup=/…`. */
function backend({ environment, plan, cgroupDriver }: Deployment, slot: SlotPlan): string {
  const app = environment.services[slot.service];
  if (app?.kind !== "app") throw new Error(`no app service ${slot.service}`);
  return [
    `${slot.name}=http://${slot.container}:${app.port}`,
    ...app.paths.map((path) => `path=${path}`),
    `concurrency=${slot.concurrency}`,
    `streams=${slot.streams}`,
    `cgroup=${cgroupPath(cgroupParent(cgroupDriver, environment, slotTier(slot)))}`,
    `limit=${toMib(memoryOf(plan, slot.container).limitBytes)}MiB`,
  ].join(";");
}
