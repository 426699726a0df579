import { Construct } from "constructs";
import { containerName, volumeName } from "../../core/names.ts";
import { TIMEOUTS } from "../../core/timeouts.ts";
import { USERS, userOf } from "../../core/users.ts";
import { render } from "../../templates/render.ts";
import { commonProps, type Deployment, network } from "../deployment.ts";
import { POSTGRES_HEALTH } from "./health.ts";
import { ServiceContainer } from "./service-container.ts";

export interface PostgresProps {
  readonly deployment: Deployment;
  readonly service: string;
}

/** Postgres, sized to its limit; its data volume outlives it. */
export class Postgres extends Construct {
  readonly containerId: string;

  constructor(scope: Construct, id: string, { deployment, service }: PostgresProps) {
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
      networks: [network(deployment, "data")],
      command: ["postgres", "-c", "config_file=/etc/plimsoll/postgresql.conf"],
      env: {
        POSTGRES_PASSWORD_FILE: "/run/secrets/superuser-password",
        PGDATA: "/var/lib/postgresql/data",
      },
      configFiles: { "postgresql.conf": render("postgresql.conf", numbers) },
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
      stopGraceMs: TIMEOUTS.dataStopGraceMs,
      startTimeoutMs: TIMEOUTS.databaseStartMs,
    });
    server.resource.shmSize = numbers.shmMib;
    this.containerId = server.resource.id;
  }
}
