import type { Network } from "@cdktf/provider-docker/lib/network/index.js";
import { Construct } from "constructs";
import { containerName, volumeName } from "../../core/names.ts";
import { toMib } from "../../core/units.ts";
import { USERS, userOf } from "../../core/users.ts";
import { render } from "../../templates/render.ts";
import { commonProps, type Deployment } from "../deployment.ts";
import { configPath, SCORE_VARIABLE } from "./config-file.ts";
import { POSTGRES_HEALTH } from "./health.ts";
import { ServiceContainer } from "./service-container.ts";

export interface PostgresProps {
  readonly deployment: Deployment;
  readonly service: string;
  /** Its only network. */
  readonly network: Network;
}

/** Postgres' own collation: an image with another C library cannot break the indexes. */
const INITDB_ARGS =
  "--encoding=UTF8 --locale=C.UTF-8 --locale-provider=builtin --builtin-locale=C.UTF-8 --data-checksums";

/** Postgres, sized to its limit; its data volume outlives it. */
export class Postgres extends Construct {
  readonly containerId: string;

  constructor(scope: Construct, id: string, { deployment, service, network }: PostgresProps) {
    super(scope, id);
    const { environment, plan, images } = deployment;
    const numbers = plan.postgres[service];
    if (!numbers) throw new Error(`no plan for postgres service ${service}`);
    const { uid, gid } = USERS.postgres;
    const server = new ServiceContainer(this, "server", {
      ...commonProps(deployment, containerName(environment, service), ["service", service]),
      service,
      image: images.postgres,
      user: userOf("postgres"),
      networks: [network.name],
      entrypoint: ["docker-entrypoint.sh"],
      command: ["postgres", "-c", `config_file=${configPath("postgresql.conf")}`],
      env: {
        POSTGRES_PASSWORD_FILE: "/run/secrets/superuser-password",
        PGDATA: "/var/lib/postgresql/data",
        POSTGRES_INITDB_ARGS: INITDB_ARGS,
        [SCORE_VARIABLE]: String(numbers.oomScore),
      },
      configFile: { name: "postgresql.conf", content: render("postgresql.conf", numbers) },
      volumes: [
        {
          volume: volumeName(environment, service, "data"),
          path: "/var/lib/postgresql/data",
          readOnly: false,
        },
        {
          volume: volumeName(environment, service, "secrets"),
          path: "/run/secrets",
          readOnly: true,
        },
      ],
      tmpfs: { "/var/run/postgresql": `rw,nosuid,nodev,uid=${uid},gid=${gid},mode=0775,size=1m` },
      health: POSTGRES_HEALTH,
      // Fast shutdown: sessions are ended, the checkpoint is written.
      stopSignal: "SIGINT",
      stopGraceMs: plan.timeouts.dataStopGraceMs,
      startTimeoutMs: plan.timeouts.databaseStartMs,
    });
    server.resource.shmSize = toMib(numbers.shmBytes);
    this.containerId = server.resource.id;
  }
}
