import { Construct } from "constructs";
import { containerName, volumeName } from "../../core/names.ts";
import { servicesOf } from "../../core/spec.ts";
import { TIMEOUTS } from "../../core/timeouts.ts";
import { userOf } from "../../core/users.ts";
import { HEALTH_PORT, LISTEN_PORT, nginxView, TLS_LISTEN_PORT } from "../../templates/nginx.ts";
import { render } from "../../templates/render.ts";
import { commonProps, type Deployment, network } from "../deployment.ts";
import { configPath } from "./config-file.ts";
import { GUARD_PORT, type Guard } from "./guard.ts";
import { httpHealth } from "./health.ts";
import { type PublishedPort, ServiceContainer, type VolumeMount } from "./service-container.ts";

export interface NginxProps {
  readonly deployment: Deployment;
  /** Where it sends requests. */
  readonly guard: Guard;
}

/** nginx in front: limits, streams, static site, TLS; the only container with published ports. */
export class Nginx extends Construct {
  constructor(scope: Construct, id: string, { deployment, guard }: NginxProps) {
    super(scope, id);
    const { environment, images } = deployment;
    new ServiceContainer(this, "server", {
      ...commonProps(deployment, containerName(environment, "nginx"), ["door", "nginx"]),
      service: "nginx",
      after: [guard.server.resource],
      image: images.nginx,
      user: userOf("nginx"),
      networks: [network(deployment, "edge")],
      entrypoint: ["nginx"],
      command: ["-c", configPath("nginx.conf"), "-g", "daemon off;"],
      configFile: { name: "nginx.conf", content: nginxConf(deployment) },
      volumes: certificates(deployment),
      ports: publishedPorts(deployment),
      health: httpHealth(HEALTH_PORT, "/"),
      // Graceful: open requests end first.
      stopSignal: "SIGQUIT",
      stopGraceMs: TIMEOUTS.stopGraceMs,
    });
  }
}

function nginxConf({ environment, plan }: Deployment): string {
  const apps = servicesOf(environment.services, "app").map(([, app]) => app);
  return render(
    "nginx.conf",
    nginxView({
      plan: plan.nginx,
      domain: environment.domain,
      tlsPort: environment.tls?.port,
      site: servicesOf(environment.services, "site").length > 0,
      guard: `${containerName(environment, "guard")}:${GUARD_PORT}`,
      limits: environment.limits,
      paths: apps.flatMap((app) => app.paths),
      ssePaths: apps.flatMap((app) => app.ssePaths),
    }),
  );
}

function certificates({ environment }: Deployment): VolumeMount[] {
  if (!environment.tls) return [];
  return [
    { volume: volumeName(environment, "nginx", "secrets"), path: "/run/secrets", readOnly: true },
  ];
}

function publishedPorts({ environment }: Deployment): PublishedPort[] {
  const { address, port, tls } = environment;
  return [
    { internal: LISTEN_PORT, external: port, address },
    ...(tls ? [{ internal: TLS_LISTEN_PORT, external: tls.port, address }] : []),
  ];
}
