import { Construct } from "constructs";
import { containerName, volumeName } from "../../core/names.ts";
import { servicesOf } from "../../core/spec.ts";
import { userOf } from "../../core/users.ts";
import { nginxView } from "../../templates/nginx.ts";
import { render } from "../../templates/render.ts";
import { commonProps, type Deployment, network } from "../deployment.ts";
import { configPath } from "./config-file.ts";
import type { Guard } from "./guard.ts";
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
    const { environment, images, plan } = deployment;
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
      health: httpHealth(plan.nginx.healthPort, "/"),
      // Graceful: open requests end first.
      stopSignal: "SIGQUIT",
      stopGraceMs: plan.timeouts.stopGraceMs,
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
      guard: `${containerName(environment, "guard")}:${plan.guard.port}`,
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

function publishedPorts({ environment, plan }: Deployment): PublishedPort[] {
  const { address, port, tls } = environment;
  return [
    { internal: plan.nginx.listenPort, external: port, address },
    ...(tls ? [{ internal: plan.nginx.tlsListenPort, external: tls.port, address }] : []),
  ];
}
