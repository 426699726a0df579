import { z } from "zod";
import { host } from "./host.ts";
import { size } from "./quantity.ts";
import { service, tcpPort } from "./service.ts";

/** Names become container names, DNS names and cgroups. */
const name = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,30}[a-z0-9]$/,
    "must be 2 to 32 lower-case letters, digits and dashes, a letter first",
  );

const target = z
  .string()
  .refine(
    (text) => text === "local" || /^ssh:\/\/(?:[\w.-]+@)?[\w.-]+(?::\d{1,5})?$/.test(text),
    'must be a Docker host; write "local" or "ssh://user@host:port"',
  );

const server = z.strictObject({
  memory: size()
    .prefault("1950MiB")
    .describe('MemTotal as the kernel reports it; a "2 GB" server has about 1950 MiB.'),
  cpus: z
    .number("must be a number of cpus")
    .min(0.5, "must be from 0.5 to 256")
    .max(256, "must be from 0.5 to 256")
    .default(2)
    .describe("What the database's and nginx's workers are counted by."),
  swap: size().prefault("2GiB").describe("Size of the swap file; `0MiB` where there is none."),
  disk: size().prefault("40GiB").describe("Decides how much of it the write-ahead log may take."),
});

const tls = z.strictObject({
  certificate: z
    .string()
    .startsWith("/", "must be an absolute path on the server")
    .meta({ format: "path" })
    .describe("Absolute path on the server; nginx reads a copy that only it and root can read."),
  key: z
    .string()
    .startsWith("/", "must be an absolute path on the server")
    .meta({ format: "path" })
    .describe("The certificate's private key: as `certificate`."),
  port: tcpPort.default(443).describe("Where nginx serves; `port` redirects to it."),
});

const limits = z.strictObject({
  requestsPerSecond: z
    .number()
    .positive("must be above 0")
    .max(10_000, "must be at most 10000")
    .default(10)
    .describe("For one client address."),
  burst: z
    .int("must be a whole number")
    .min(0, "must be from 0 to 10000")
    .max(10_000, "must be from 0 to 10000")
    .default(20)
    .describe("Requests of one client above its rate before it gets a 429."),
  connectionsPerClient: z
    .int("must be a whole number")
    .min(1, "must be from 1 to 10000")
    .max(10_000, "must be from 1 to 10000")
    .default(20)
    .describe("For one client address, streams included."),
  body: size().prefault("10MiB").describe("The largest request body."),
});

/** One environment, complete: what the base and the environment give together. */
export const environment = z.strictObject({
  target: target
    .default("local")
    .describe("Docker host: `local`, or `ssh://user@host:port` of a server."),
  sshOptions: z
    .array(z.string())
    .default([])
    .describe('Given to ssh before everything else, such as `["-F", "ssh.conf"]`.'),
  images: z
    .enum(["auto", "official", "debian"])
    .default("auto")
    .describe(
      "`official` images pinned by digest, images built from `debian` packages, or `auto`: official where a registry answers.",
    ),
  server: server.prefault({}).describe("The machine that everything has to fit on."),
  host: host
    .optional()
    .describe(
      "What Plimsoll makes of the server itself: swap, kernel, tiers, Docker, ssh, firewall. Left out, and for `local`, the machine stays as it is.",
    ),
  address: z
    .union([z.ipv4(), z.ipv6()], "must be an IP address of the server")
    .meta({ format: "IP address" })
    .default("0.0.0.0")
    .describe("Address on the server at which nginx's port is published."),
  port: tcpPort.default(8080).describe("nginx's port; one of a target serves one environment."),
  domain: z
    .hostname('must be a host name; write it like "chat.example.com"')
    .default("localhost")
    .describe("Name that nginx answers to."),
  tls: tls.optional().describe("Left out, nginx speaks plain HTTP."),
  limits: limits.prefault({}).describe("What nginx lets one client do."),
  services: z.record(name, service).describe("What runs on the server, by name."),
});

export const projectName = name;
export const environmentName = name;

export type EnvironmentInput = z.input<typeof environment>;
/** Sizes in bytes, defaults filled in. */
export type EnvironmentSettings = z.output<typeof environment>;
export type Service = z.output<typeof service>;
