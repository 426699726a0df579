import { Construct } from "constructs";
import type { Service } from "../../config/schema.ts";
import { OOM_SCORES } from "../../core/allocation/oom-score.ts";
import { containerName, volumeName } from "../../core/names.ts";
import { SESSION_KEY } from "../../core/secrets.ts";
import type { SlotPlan } from "../../core/slot.ts";
import { servicesOf } from "../../core/spec.ts";
import { TIMEOUTS } from "../../core/timeouts.ts";
import { userOf } from "../../core/users.ts";
import { commonProps, type Deployment, network, slotTier } from "../deployment.ts";
import { httpHealth } from "./health.ts";
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
    const { environment, images } = deployment;
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
      stopGraceMs: TIMEOUTS.stopGraceMs,
      startTimeoutMs: app.startTimeout,
    });
  }
}

function slotVariables(deployment: Deployment, slot: SlotPlan, app: App): Record<string, string> {
  return {
    PORT: String(app.port),
    SLOT_NAME: slot.name,
    MAX_CONNECTIONS: String(slot.maxConnections),
    DRAIN_TIMEOUT_MS: String(TIMEOUTS.drainMs),
    HEARTBEAT_MS: String(TIMEOUTS.heartbeatMs),
    OOM_SCORE_ADJ: String(OOM_SCORES.app),
    ...secretVariables([SESSION_KEY, ...app.secrets]),
    ...nodeVariables(slot),
    ...databaseVariables(deployment, slot),
    ...cacheVariables(deployment, slot),
    ...app.env,
  };
}

/** `OPENAI_KEY_FILE` for a secret `openai-key`. */
function secretVariables(files: readonly string[]): Record<string, string> {
  const variable = (file: string) => `${file.toUpperCase().replaceAll("-", "_")}_FILE`;
  return Object.fromEntries(files.map((file) => [variable(file), `/run/secrets/${file}`]));
}

function nodeVariables({ node }: SlotPlan): Record<string, string> {
  if (!node) return {};
  const options = `--max-old-space-size=${node.oldSpaceMib} --max-semi-space-size=${node.semiSpaceMib}`;
  // glibc's arenas keep memory that was freed.
  return { NODE_ENV: "production", NODE_OPTIONS: options, MALLOC_ARENA_MAX: "2" };
}

function databaseVariables({ environment }: Deployment, slot: SlotPlan): Record<string, string> {
  const [postgres] = servicesOf(environment.services, "postgres");
  if (!postgres) return {};
  return {
    DATABASE_HOST: containerName(environment, postgres[0]),
    DATABASE_PORT: "5432",
    DATABASE_NAME: slot.service,
    DATABASE_USER: slot.service,
    DATABASE_PASSWORD_FILE: "/run/secrets/database-password",
    DATABASE_POOL_MAX: String(slot.poolConnections),
  };
}

function cacheVariables({ environment }: Deployment, slot: SlotPlan): Record<string, string> {
  const [redis] = servicesOf(environment.services, "redis");
  if (!redis) return {};
  return {
    CACHE_HOST: containerName(environment, redis[0]),
    CACHE_PORT: "6379",
    CACHE_USER: slot.service,
    CACHE_PASSWORD_FILE: "/run/secrets/cache-password",
  };
}
