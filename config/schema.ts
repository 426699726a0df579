import { z } from "zod";
import { host } from "./host.ts";
import { duration, size } from "./quantity.ts";
import { service, tcpPort } from "./service.ts";
import { state } from "./state.ts";

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

const count = (min: number, max: number) =>
  z
    .int("must be a whole number")
    .min(min, `must be from ${min} to ${max}`)
    .max(max, `must be from ${min} to ${max}`)
    .optional();
const percent = () =>
  z
    .number("must be a percentage")
    .min(1, "must be from 1 to 100")
    .max(100, "must be from 1 to 100")
    .optional();

const limits = z.strictObject({
  requestsPerSecond: z
    .number()
    .positive("must be above 0")
    .max(10_000, "must be at most 10000")
    .optional()
    .meta({ description: "For one client address.", computed: "10" }),
  burst: count(0, 10_000).meta({
    description: "Requests of one client above its rate before it gets a 429.",
    computed: "20",
  }),
  connectionsPerClient: count(1, 10_000).meta({
    description: "For one client address, streams included.",
    computed: "20",
  }),
  body: size().optional().meta({ description: "The largest request body.", computed: "10MiB" }),
});

const timeouts = z.strictObject({
  acquire: duration().optional().meta({
    description: "Longest wait of a request for a permit of the guard.",
    computed: "10s",
  }),
  heartbeat: duration().optional().meta({
    description: "An open stream sends something at least this often.",
    computed: "15s",
  }),
  proxyRead: duration().optional().meta({
    description: "Longest silence that nginx and the guard allow.",
    computed: "five heartbeats",
  }),
  cdn: duration().optional().meta({
    description: "Longest silence that a CDN in front allows.",
    computed: "120s",
  }),
  deadline: duration().optional().meta({
    description: "After it an app gives up a request or stream.",
    computed: "330s",
  }),
  drain: duration().optional().meta({
    description: "How long a stopping slot finishes its streams.",
    computed: "`deadline` and 10 s",
  }),
  stopGrace: duration().optional().meta({
    description: "When Docker kills what has not stopped.",
    computed: "`drain` and 10 s",
  }),
});

const guard = z.strictObject({
  queue: count(1, 10_000).meta({
    description: "Requests that may wait for a permit, for each app.",
    computed: "what is served within `timeouts.acquire`, at most 128",
  }),
  warningPercent: percent().meta({
    description: "Used memory from which the guard lets in less.",
    computed: "70",
  }),
  highPercent: percent().meta({
    description: "Used memory from which background work waits.",
    computed: "80",
  }),
  criticalPercent: percent().meta({
    description: "Used memory from which the guard refuses.",
    computed: "85",
  }),
});

const alerts = z.strictObject({
  connectionsWarningPercent: percent().meta({
    description: "Of a slot's `maxConnections`.",
    computed: "75",
  }),
  connectionsCriticalPercent: percent().meta({
    description: "Of a slot's `maxConnections`.",
    computed: "93.75",
  }),
  diskWarningPercent: percent().meta({ description: "Of the disk.", computed: "80" }),
  diskCriticalPercent: percent().meta({ description: "Of the disk.", computed: "90" }),
  backupHours: count(1, 8760).meta({ description: "Age of the last backup.", computed: "26" }),
  drillDays: count(1, 365).meta({
    description: "Age of the last restore drill that passed.",
    computed: "8",
  }),
  pruneDays: count(1, 365).meta({
    description: "Age of the last pruning of images that passed.",
    computed: "8",
  }),
  certificateHours: count(1, 8760).meta({
    description: "Age of the last look for a renewed certificate that passed.",
    computed: "26",
  }),
  certificateDays: count(1, 365).meta({
    description: "Days before a certificate's end.",
    computed: "14",
  }),
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
  state: state
    .prefault({ backend: "local" })
    .describe("Where Terraform keeps what it knows; `./plimsoll state move` moves it."),
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
  timeouts: timeouts.prefault({}).describe("One chain, each link longer than the one before."),
  guard: guard.prefault({}).describe("When the guard takes fewer requests, and none."),
  alerts: alerts.prefault({}).describe("When somebody is told."),
  services: z.record(name, service).describe("What runs on the server, by name."),
});

export const projectName = name;
export const environmentName = name;

export type EnvironmentInput = z.input<typeof environment>;
/** Sizes in bytes, defaults filled in. */
export type EnvironmentSettings = z.output<typeof environment>;
export type Service = z.output<typeof service>;
