import { Construct } from "constructs";
import type { Service } from "../../config/schema.ts";
import { containerName, volumeName } from "../../core/names.ts";
import { CACHE_PASSWORD, SESSION_KEY } from "../../core/secrets.ts";
import type { SlotPlan } from "../../core/slot.ts";
import { servicesOf } from "../../core/spec.ts";
import { userOf } from "../../core/users.ts";
import { commonProps, type Deployment, network, slotTier } from "../deployment.ts";
import { SCORE_VARIABLE } from "./config-file.ts";
import { httpHealth } from "./health.ts";
import { runtimeVariables } from "./runtime-variables.ts";
import { ServiceContainer } from "./service-container.ts";

export interface AppSlotProps {
  readonly deployment: Deployment;
  readonly slot: SlotPlan;
}

type App = Extract<Service, { kind: "app" }>;

/** One app container, told every number that the budget gives it. */
export class AppSlot extends Construct {
  constructor(scope: Construct, id: string, { deployment, slot }: AppSlotProps) {
    super(scope, id);
    const { environment, images, plan } = deployment;
    const app = environment.services[slot.service];
    const image = images.apps[slot.service];
    if (app?.kind !== "app" || !image) throw new Error(`no app service ${slot.service}`);
    new ServiceContainer(this, "slot", {
      ...commonProps(deployment, slot.container, slotTier(slot)),
      service: slot.service,
      image,
      user: userOf("node"),
      networks: [network(deployment, "app"), network(deployment, "data")],
      env: slotVariables(deployment, slot, app),
      volumes: [
        {
          volume: volumeName(environment, slot.service, "secrets"),
          path: "/run/secrets",
          readOnly: true,
        },
      ],
      health: app.healthCommand ? ["CMD", ...app.healthCommand] : httpHealth(app.port, app.health),
      stopGraceMs: plan.timeouts.stopGraceMs,
      startTimeoutMs: app.startTimeout,
    });
  }
}

function slotVariables(deployment: Deployment, slot: SlotPlan, app: App): Record<string, string> {
  const { guard, timeouts } = deployment.plan;
  return {
    PORT: String(app.port),
    SLOT_NAME: slot.name,
    GUARD_ADMIN_URL: `http://${containerName(deployment.environment, "guard")}:${guard.adminPort}`,
    MAX_CONNECTIONS: String(slot.maxConnections),
    DRAIN_TIMEOUT_MS: String(timeouts.drainMs),
    DEADLINE_MS: String(timeouts.deadlineMs),
    HEARTBEAT_MS: String(timeouts.heartbeatMs),
    [SCORE_VARIABLE]: String(slot.oomScore),
    ...secretVariables([SESSION_KEY, ...app.secrets]),
    ...runtimeVariables(slot, { runtime: app.runtime, port: app.port, timeouts }),
    ...databaseVariables(deployment, slot),
    ...redisVariables(deployment, slot),
    ...app.env,
  };
}

/** `OPENAI_KEY_FILE` for a secret `openai-key`. */
function secretVariables(files: readonly string[]): Record<string, string> {
  const variable = (file: string) => `${file.toUpperCase().replaceAll("-", "_")}_FILE`;
  return Object.fromEntries(files.map((file) => [variable(file), `/run/secrets/${file}`]));
}

function databaseVariables(
  { environment, plan }: Deployment,
  slot: SlotPlan,
): Record<string, string> {
  const [postgres] = servicesOf(environment.services, "postgres");
  const numbers = postgres && plan.postgres[postgres[0]];
  if (!numbers) return {};
  return {
    DATABASE_HOST: containerName(environment, postgres[0]),
    DATABASE_PORT: String(numbers.port),
    DATABASE_NAME: slot.service,
    DATABASE_USER: slot.service,
    DATABASE_PASSWORD_FILE: "/run/secrets/database-password",
    DATABASE_POOL_MAX: String(slot.processPool),
  };
}

/** `CACHE_HOST` for a Redis that is a cache, `STORE_HOST` for one that is a store. */
function redisVariables({ environment, plan }: Deployment, slot: SlotPlan): Record<string, string> {
  const variables = servicesOf(environment.services, "redis").flatMap(([name, { role }]) => {
    const prefix = role.toUpperCase();
    return [
      [`${prefix}_HOST`, containerName(environment, name)],
      [`${prefix}_PORT`, String(plan.redis[name]?.port)],
      [`${prefix}_USER`, slot.service],
      // One password for both: an app's users differ from other apps', not among its own stores.
      [`${prefix}_PASSWORD_FILE`, `/run/secrets/${CACHE_PASSWORD}`],
    ];
  });
  return Object.fromEntries(variables);
}
