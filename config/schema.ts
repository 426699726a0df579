import { z } from "zod";
import { GIB, MIB } from "../core/units.ts";
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
  /** MemTotal as the kernel reports it; a "2 GB" server has about 1950 MiB. */
  memory: size().default(1950 * MIB),
  cpus: z
    .number("must be a number of cpus")
    .min(0.5, "must be from 0.5 to 256")
    .max(256, "must be from 0.5 to 256")
    .default(2),
  /** Size of the swap file; 0 where there is none. */
  swap: size().default(2 * GIB),
  disk: size().default(40 * GIB),
});

const tls = z.strictObject({
  /** Absolute paths on the server; nginx reads copies that only it and root can read. */
  certificate: z.string().startsWith("/", "must be an absolute path on the server"),
  key: z.string().startsWith("/", "must be an absolute path on the server"),
  port: tcpPort.default(443),
});

const limits = z.strictObject({
  /** For one client address. */
  requestsPerSecond: z
    .number()
    .positive("must be above 0")
    .max(10_000, "must be at most 10000")
    .default(10),
  burst: z
    .int("must be a whole number")
    .min(0, "must be from 0 to 10000")
    .max(10_000, "must be from 0 to 10000")
    .default(20),
  connectionsPerClient: z
    .int("must be a whole number")
    .min(1, "must be from 1 to 10000")
    .max(10_000, "must be from 1 to 10000")
    .default(20),
  /** The largest request body. */
  body: size().default(10 * MIB),
});

/** One environment, complete: what the base and the environment give together. */
export const environment = z.strictObject({
  target: target.default("local"),
  /** Given to ssh before everything else, such as `["-F", "ssh.conf"]`. */
  sshOptions: z.array(z.string()).default([]),
  /** Official images, images built from Debian packages, or whichever can be had. */
  images: z.enum(["auto", "official", "debian"]).default("auto"),
  server: server.prefault({}),
  /** Address on the server at which nginx's port is published. */
  address: z.union([z.ipv4(), z.ipv6()], "must be an IP address of the server").default("0.0.0.0"),
  port: tcpPort.default(8080),
  domain: z.hostname('must be a host name; write it like "chat.example.com"').default("localhost"),
  tls: tls.optional(),
  limits: limits.prefault({}),
  services: z.record(name, service),
});

export const projectName = name;
export const environmentName = name;

export type EnvironmentInput = z.input<typeof environment>;
/** Sizes in bytes, defaults filled in. */
export type EnvironmentSettings = z.output<typeof environment>;
export type Service = z.output<typeof service>;
