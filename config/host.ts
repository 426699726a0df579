import { z } from "zod";
import { calendar } from "./calendar.ts";

/** Of an account: what useradd takes, and no word that a shell reads as anything else. */
const USER = /^[a-z_][a-z0-9_-]{0,30}$/;
/** One line of authorized_keys: type, key, and a comment of plain letters. */
const KEY = /^(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[\w@.-]+ [A-Za-z0-9+/=]+(?: [\w@.+ -]+)?$/;
const port = z
  .int("must be a port")
  .min(1, "must be a port from 1 to 65535")
  .max(65535, "must be a port from 1 to 65535");

const deployUser = z.strictObject({
  name: z
    .string()
    .regex(USER, 'must be a user name; write it like "deploy"')
    .refine((name) => name !== "root", "must be an ordinary user; choose another name")
    .describe(
      "An account that Plimsoll makes on the server; it may use Docker, which is as much as root may.",
    ),
  keys: z
    .array(z.string().regex(KEY, "must be one line of a public key; take it from a .pub file"))
    .min(1, "must name one key at least")
    .describe("Public ssh keys that may log in as that user."),
});

const jobs = z.strictObject({
  backup: calendar()
    .default("*-*-* 03:15:00")
    .describe(
      "When the databases are backed up, in the server's time, up to half an hour later; `off`: never. Set `alerts.backupHours` with it.",
    ),
  drill: calendar()
    .default("Sun *-*-* 04:15:00")
    .describe(
      "When the newest backup is restored into a throw-away server, likewise. Set `alerts.drillDays` with it.",
    ),
  prune: calendar()
    .default("Sun *-*-* 05:15:00")
    .describe(
      "When images beyond `host.keepImages` and the build cache go, likewise. Set `alerts.pruneDays` with it.",
    ),
  certificate: calendar()
    .default("*-*-* 05:45:00")
    .describe(
      "When nginx is given `tls.certificate` and `tls.key` as they have been renewed on the server, likewise. Set `alerts.certificateHours` with it.",
    ),
});

/** What Plimsoll makes of the server itself. */
export const host = z.strictObject({
  sshPort: port
    .default(22)
    .describe("Where sshd listens on the server: the firewall leaves it open."),
  openPorts: z
    .array(port)
    .default([])
    .describe("TCP ports that the firewall leaves open beside those of ssh and nginx."),
  swappiness: z
    .int("must be a whole number")
    .min(0, "must be from 0 to 200")
    .max(200, "must be from 0 to 200")
    .default(40)
    .describe("How readily the kernel swaps instead of dropping cached files."),
  addressPool: z
    .cidrv4('must be a network; write it like "172.30.0.0/16"')
    .meta({ format: "IPv4 network" })
    .default("172.30.0.0/16")
    .describe("What Docker takes its networks from, 256 addresses each."),
  securityUpdates: z
    .boolean("must be true or false")
    .default(true)
    .describe("Installs security updates by themselves, without ever rebooting."),
  keepImages: z
    .int("must be a whole number")
    .min(1, "must be from 1 to 50")
    .max(50, "must be from 1 to 50")
    .default(3)
    .describe(
      "Images of each repository that stay for a rollback, the newest, beside those that a container has.",
    ),
  deployUser: deployUser.optional(),
  jobs: jobs.prefault({}),
});
