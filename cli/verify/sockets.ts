import type { Environment } from "../../config/environment.ts";
import { openPorts } from "../../stacks/host-files.ts";
import { listeners } from "../ports.ts";
import type { Target } from "../target.ts";
import type { Reading } from "./reading.ts";

/** `0.0.0.0:8080->80/tcp`, or a range of them. */
const PUBLISHED = /(\S+):(\d+)(?:-(\d+))?->\S+\/tcp/g;
const LOOPBACK = /^(?:127\.|\[?::1\]?$)/;

/**
 * Ports that containers publish beyond loopback: Docker leads some of them past every socket of the server's.
 * @param text column `Ports` of `docker ps`
 */
export function publishedPorts(text: string): number[] {
  return [...text.matchAll(PUBLISHED)].flatMap(([, address = "", first = "", last = first]) => {
    if (LOOPBACK.test(address)) return [];
    const count = Number(last) - Number(first) + 1;
    return Array.from({ length: count }, (_, at) => Number(first) + at);
  });
}

/** Where something from outside finds the server, against the ports that the config names. */
export async function socketReading(environment: Environment, target: Target): Promise<Reading> {
  const [sockets, containers] = await Promise.all([
    listeners(target),
    target.docker(["ps", "--format", "{{.Ports}}"], { reject: false }),
  ]);
  const declared = openPorts(environment);
  const outside = sockets.filter(({ isLoopback }) => !isLoopback).map(({ port }) => port);
  const live = new Set([...declared, ...outside, ...publishedPorts(String(containers.stdout))]);
  return {
    subject: "server",
    setting: "listening TCP ports",
    declared: declared.join(" "),
    live: [...live].sort((a, b) => a - b).join(" "),
    where: "/proc/net/tcp, docker ps",
  };
}
