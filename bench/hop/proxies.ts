import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { answers } from "../answers.ts";
import { imageFlags } from "../guard-flags.ts";
import { nginxCommand, nginxConfiguration } from "../nginx.ts";
import { until } from "../until.ts";
import { Container } from "./container.ts";

export interface Ports {
  readonly fast: number;
  readonly streams: number;
  readonly front: number;
}

export interface Hop {
  readonly name: string;
  /** Undefined for the way without a proxy. */
  readonly container?: Container;
  readonly port: number;
}

export interface ProxyOptions {
  readonly folder: string;
  readonly proxies: string;
  readonly node: string;
  readonly ports: Ports;
}

export const PEERS = ["tcp", "http"] as const;
type Peer = (typeof PEERS)[number];

const START_TIMEOUT_MS = 20_000;
export const PROXY_NAMES = ["haproxy", "nginx", "node-tcp", "node-http", "guard"] as const;
export type ProxyName = (typeof PROXY_NAMES)[number];

/** Starts one proxy, with one thread, in front of both backends. */
export async function startProxy(name: ProxyName, options: ProxyOptions): Promise<Hop> {
  const container = await START[name](options);
  const { front } = options.ports;
  try {
    await until(() => answers(`http://127.0.0.1:${front}/`), START_TIMEOUT_MS);
  } catch (error) {
    await container.end();
    throw error;
  }
  return { name, container, port: front };
}

const containerName = (name: string) => `bench-hop-${process.pid}-${name}`;

const START = {
  nginx: (options: ProxyOptions) =>
    startConfigured(options, "nginx.conf", {
      text: nginxConfiguration("/tmp", passing(options.ports)),
      command: nginxCommand("/bench/settings/nginx.conf"),
    }),
  haproxy: (options: ProxyOptions) =>
    startConfigured(options, "haproxy.cfg", {
      text: haproxyConfiguration(options.ports),
      command: ["haproxy", "-db", "-f", "/bench/settings/haproxy.cfg"],
    }),
  "node-tcp": (options: ProxyOptions) => startPeer(options, "tcp"),
  "node-http": (options: ProxyOptions) => startPeer(options, "http"),
  guard: ({ folder, node, ports }: ProxyOptions) =>
    Container.start({
      ...{ name: containerName("guard"), image: node, folder },
      environment: guardEnvironment(ports),
      command: ["node", ...imageFlags(), "/bench/guard.mjs"],
    }),
};

interface Configured {
  readonly text: string;
  readonly command: readonly [string, ...string[]];
}

async function startConfigured(options: ProxyOptions, file: string, { text, command }: Configured) {
  const { folder, proxies: image } = options;
  await mkdir(join(folder, "settings"), { recursive: true });
  await writeFile(join(folder, "settings", file), text);
  const name = containerName(file.split(".")[0] ?? "");
  return Container.start({ name, image, folder, environment: {}, command });
}

/** Bare proxies on the guard's Node, with its flags. */
async function startPeer({ folder, node, ports }: ProxyOptions, peer: Peer): Promise<Container> {
  const { front, fast, streams } = ports;
  return Container.start({
    ...{ name: containerName(`node-${peer}`), image: node, folder, environment: {} },
    command: [
      ...(["node", ...imageFlags(), `/bench/${peer}.mjs`] as const),
      ...[front, fast, streams].map(String),
    ],
  });
}

function guardEnvironment({ fast, streams, front }: Ports): Record<string, string> {
  return {
    GUARD_LISTEN: `127.0.0.1:${front}`,
    GUARD_ADMIN_LISTEN: `127.0.0.1:${front + 1}`,
    GUARD_BACKENDS: [
      `fast=http://127.0.0.1:${fast};path=/;concurrency=1000`,
      `streams=http://127.0.0.1:${streams};path=/stream;concurrency=2000;streams=2000`,
    ].join(","),
    MALLOC_ARENA_MAX: "2",
  };
}

function passing({ fast, streams, front }: Ports): string {
  return `
  keepalive_requests 1000000000;
  upstream fast { server 127.0.0.1:${fast}; keepalive 128; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${front} backlog=4096;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    location / { proxy_pass http://fast; }
    location /stream { proxy_pass http://127.0.0.1:${streams}; proxy_buffering off; }
  }`;
}

function haproxyConfiguration({ fast, streams, front }: Ports): string {
  return `
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
frontend hop
  bind 127.0.0.1:${front} backlog 4096
  use_backend streams if { path_beg /stream }
  default_backend fast
backend fast
  http-reuse always
  server fast 127.0.0.1:${fast}
backend streams
  option http-no-delay
  server streams 127.0.0.1:${streams}
`;
}
