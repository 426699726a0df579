import { setTimeout as wait } from "node:timers/promises";
import { containersOf, type Environment } from "../config/environment.ts";
import { OperatorError } from "../core/operator-error.ts";
import { servicesOf } from "../core/spec.ts";
import { type FoundContainer, ownContainers } from "./containers.ts";
import type { Target } from "./target.ts";

const HEALTHY_WITHIN_MS = 120_000;
const ANSWER_WITHIN_MS = 30_000;
const POLL_MS = 500;
const LOG_LINES = "20";

/** Polls until `look` gives undefined; its last word is the reason for the error. */
async function until(withinMs: number, look: () => Promise<string[] | undefined>): Promise<void> {
  const end = Date.now() + withinMs;
  for (;;) {
    const problems = await look();
    if (!problems) return;
    if (Date.now() > end) throw new OperatorError(problems);
    await wait(POLL_MS);
  }
}

async function lastWords(target: Target, container: FoundContainer): Promise<string> {
  const { stdout, stderr } = await target.docker(["logs", "--tail", LOG_LINES, container.id], {
    reject: false,
  });
  const text = `${stdout}\n${stderr}`.trim();
  return text ? `last lines of ${container.name}:\n${text}` : `${container.name} wrote no log`;
}

function complaint({ name, state, health, oomKilled }: FoundContainer): string {
  const why = oomKilled ? ", killed for memory" : "";
  return `container ${name}: must be running and healthy, got ${state} and ${health}${why}; read its log (docker logs ${name})`;
}

/** Each container that is there and not healthy, with the last lines of its log. */
export async function unhealthy(environment: Environment, target: Target): Promise<string[]> {
  const found = await ownContainers(target, environment);
  const sick = found.filter((one) => one.state !== "running" || one.health !== "healthy");
  const words = await Promise.all(sick.map((one) => lastWords(target, one)));
  return sick.flatMap((one, at) => [complaint(one), words[at] ?? ""]);
}

async function missing(environment: Environment, target: Target): Promise<string[]> {
  const found = await ownContainers(target, environment);
  return containersOf(environment)
    .filter((name) => !found.some((one) => one.name === name))
    .map((name) => `container ${name}: must be there, got none; run ./plimsoll up again`);
}

function isPublished(paths: readonly string[], path: string): boolean {
  return paths.some((one) => (one.endsWith("/") ? path.startsWith(one) : path === one));
}

/** What must answer through nginx: an app's probe with 200, or anything but a 5xx where nginx does not let it through. */
function probes({ services, tls }: Environment): { path: string; status: string }[] {
  if (tls) return [{ path: "/", status: "308" }];
  return servicesOf(services, "app").map(([, app]) => {
    const probe = app.probe ?? app.health;
    if (isPublished(app.paths, probe)) return { path: probe, status: "200" };
    return { path: app.paths[0] as string, status: "[234]??" };
  });
}

/** A request from the server itself: a firewall in between is another matter. */
async function answer(target: Target, port: number, path: string): Promise<string> {
  const script =
    'exec 3<>"/dev/tcp/127.0.0.1/$1" && printf "GET %s HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n" "$2" >&3 && ' +
    'read -r -t 10 _ status _ <&3 && echo "$status"';
  const { stdout } = await target.run(["bash", "-c", script, "bash", String(port), path], {
    reject: false,
  });
  return String(stdout).trim();
}

function matches(status: string, pattern: string): boolean {
  return new RegExp(`^${pattern.replaceAll("?", "\\d")}$`).test(status);
}

/** @throws OperatorError when a container does not become healthy, or no request gets through the whole chain */
export async function waitForService(environment: Environment, target: Target): Promise<void> {
  await until(HEALTHY_WITHIN_MS, async () => {
    const problems = [
      ...(await missing(environment, target)),
      ...(await unhealthy(environment, target)),
    ];
    return problems.length > 0 ? problems : undefined;
  });
  for (const { path, status } of probes(environment)) {
    await until(ANSWER_WITHIN_MS, async () => {
      const got = await answer(target, environment.port, path);
      if (matches(got, status)) return undefined;
      return [
        `GET ${path} through nginx on ${target.name}:${environment.port}: must answer ${status}, got ${got || "nothing"}; ` +
          "read the logs of nginx, guard and app (docker logs)",
      ];
    });
  }
}
