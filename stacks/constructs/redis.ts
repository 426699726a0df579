import { Construct } from "constructs";
import { containerName, volumeName } from "../../core/names.ts";
import { TIMEOUTS } from "../../core/timeouts.ts";
import { userOf } from "../../core/users.ts";
import { render } from "../../templates/render.ts";
import { commonProps, type Deployment, network } from "../deployment.ts";
import { REDIS_HEALTH } from "./health.ts";
import { ServiceContainer } from "./service-container.ts";

export interface RedisProps {
  readonly deployment: Deployment;
  readonly service: string;
}

/** Redis as a cache: bounded, evicting, nothing on disk. */
export class Redis extends Construct {
  constructor(scope: Construct, id: string, { deployment, service }: RedisProps) {
    super(scope, id);
    const { environment, plan, images } = deployment;
    const numbers = plan.redis[service];
    if (!numbers) throw new Error(`no plan for redis service ${service}`);
    new ServiceContainer(this, "server", {
      ...commonProps(deployment, containerName(environment, service), ["service", service]),
      service,
      image: images.redis,
      user: userOf("redis"),
      networks: [network(deployment, "data")],
      entrypoint: ["redis-server"],
      command: ["/etc/plimsoll/redis.conf"],
      configFiles: { "redis.conf": render("redis.conf", numbers) },
      volumes: [
        {
          volume: volumeName(environment, service, "secrets"),
          path: "/run/secrets",
          readOnly: true,
        },
      ],
      health: REDIS_HEALTH,
      stopGraceMs: TIMEOUTS.cacheStopGraceMs,
    });
  }
}
