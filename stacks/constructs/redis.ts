import type { Network } from "@cdktf/provider-docker/lib/network/index.js";
import { Construct } from "constructs";
import { containerName, volumeName } from "../../core/names.ts";
import { userOf } from "../../core/users.ts";
import { redisView } from "../../templates/redis.ts";
import { render } from "../../templates/render.ts";
import { commonProps, type Deployment } from "../deployment.ts";
import { configPath } from "./config-file.ts";
import { REDIS_HEALTH } from "./health.ts";
import { ServiceContainer } from "./service-container.ts";

export interface RedisProps {
  readonly deployment: Deployment;
  readonly service: string;
  /** Its only network. */
  readonly network: Network;
}

/** Redis, bounded: a cache evicts and has nothing on disk, a store refuses and logs every write. */
export class Redis extends Construct {
  constructor(scope: Construct, id: string, { deployment, service, network }: RedisProps) {
    super(scope, id);
    const { environment, plan, images } = deployment;
    const numbers = plan.redis[service];
    if (!numbers) throw new Error(`no plan for redis service ${service}`);
    new ServiceContainer(this, "server", {
      ...commonProps(deployment, containerName(environment, service), ["service", service]),
      service,
      image: images.redis,
      user: userOf("redis"),
      networks: [network.name],
      entrypoint: ["redis-server"],
      command: [configPath("redis.conf")],
      configFile: { name: "redis.conf", content: render("redis.conf", redisView(numbers)) },
      volumes: [
        ...(numbers.role === "store"
          ? [{ volume: volumeName(environment, service, "data"), path: "/data", readOnly: false }]
          : []),
        {
          volume: volumeName(environment, service, "secrets"),
          path: "/run/secrets",
          readOnly: true,
        },
      ],
      health: REDIS_HEALTH,
      stopGraceMs: plan.timeouts.cacheStopGraceMs,
    });
  }
}
