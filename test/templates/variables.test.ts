import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import Handlebars from "handlebars";
import { planOf } from "../../config/environment.ts";
import { guardAlertsView } from "../../templates/guard-alerts.ts";
import { nginxView } from "../../templates/nginx.ts";
import { redisView } from "../../templates/redis.ts";
import type { Views } from "../../templates/render.ts";
import { localWith } from "../support/environments.ts";

const plan = planOf(localWith({}));
const postgres = plan.postgres["postgres"];
const redis = plan.redis["redis"];
assert.ok(postgres && redis);

const HOST = { key: "host", what: "a thing", settings: [{ name: "NAME", value: "1" }] };

const VIEWS: Views = {
  "host/sysctl.conf": { key: "host", settings: HOST.settings },
  "host/memory.conf": { key: "host", settings: [{ path: "/sys/x", value: "1" }] },
  "host/tier.slice": HOST,
  "host/service.conf": { ...HOST, section: "Service", unit: HOST.settings },
  "host/daemon.json": { cgroupParent: "a.slice", addressPool: "172.30.0.0/16" },
  "host/journald.conf": { key: "host", systemMib: 1, runtimeMib: 1 },
  "host/sshd.conf": { key: "host", settings: HOST.settings },
  "host/upgrades.conf": { key: "host", upgrades: 1 },
  "host/firewall.nft": { key: "host", ports: "22" },
  "host/firewall.service": { key: "host" },
  "host/swapfile.swap": { key: "host" },
  "host/backup-job.sh": {
    ...{ key: "host", what: "a thing", verb: "backup", postgres: "a", name: "b", volume: "c" },
    ...{ create: "d", own: "e", ownProgram: "f", options: "g", program: "h\n", args: "i" },
    offsite: [{ options: "j", program: "k\n", args: "l", image: "label=m" }],
  },
  "host/job-frame.sh": {
    ...{ key: "host", what: "a thing", job: "prune", nginx: "a", volume: "b", create: "c" },
    ...{ noteOptions: "d", noteProgram: "e\n", body: "f" },
  },
  "host/prune-job.sh": {
    ...{ keep: 3, namespace: "a", label: "b", stageLabel: "c", repositories: ["d"] },
  },
  "host/certificate-job.sh": {
    ...{ nginx: "a", config: "b", volumeOptions: "c", networkOptions: "d", program: "e\n" },
    ...{ folder: "f", uid: 1, certificate: "g", certificateKey: "h", port: 1 },
    ...{ reloadSeconds: 1, days: 1 },
  },
  "host/job.service": { key: "host", what: "a thing", slice: "a.slice", script: "/etc/a.sh" },
  "host/job.timer": { key: "host", what: "a thing", schedule: "daily" },
  "host/head.sh": {
    ...{ environment: "plimsoll/local", memoryKib: 1, swapMib: 1, sshPort: 22 },
    ...{ user: "deploy", upgrades: 1, slices: "a.slice", timers: "a.timer" },
    schedules: [{ key: "host.jobs.backup", schedule: "daily" }],
    files: [{ path: "/etc/a", mode: "644", content: "a\n" }],
    facts: [{ kind: "swap", place: "total", declared: "1" }],
  },
  "guard-alerts.yml": guardAlertsView({
    memoryWarningPercent: 70,
    memoryHighPercent: 80,
    memoryCriticalPercent: 85,
    connectionsWarning: 60,
    connectionsCritical: 75,
    forMs: 300_000,
  }),
  "nginx.conf": nginxView({
    plan: plan.nginx,
    domain: "localhost",
    tlsPort: 443,
    site: true,
    guard: "guard:8080",
    paths: ["/api/"],
    ssePaths: ["/api/chat/completions"],
  }),
  "postgresql.conf": postgres,
  "redis.conf": redisView(redis),
};
/** Handlebars' own words and our units. */
const HELPERS = ["if", "each", "kib", "mib", "seconds"];

/** Names that a template reads; Handlebars' own words left out. */
function variables(name: string): Set<string> {
  const source = readFileSync(new URL(`../../templates/${name}.hbs`, import.meta.url), "utf8");
  const found = new Set<string>();
  class Collector extends Handlebars.Visitor {
    override PathExpression(path: hbs.AST.PathExpression): void {
      const [head] = path.parts;
      if (typeof head === "string" && !HELPERS.includes(head)) found.add(head);
    }
  }
  new Collector().accept(Handlebars.parse(source));
  return found;
}

/** Keys of a view and of the objects in its lists. */
function keys(view: object): Set<string> {
  const inner = Object.values(view)
    .filter((value): value is object[] => Array.isArray(value))
    .flatMap((list) => list.flatMap((item) => Object.keys(item)));
  return new Set([...Object.keys(view), ...inner]);
}

// Strict mode throws on a wrong name in braces; those of an if or each it renders as nothing.
for (const [name, view] of Object.entries(VIEWS)) {
  test(`${name} reads no name that its view lacks`, () => {
    const known = keys(view);
    assert.deepEqual(
      [...variables(name)].filter((variable) => !known.has(variable)),
      [],
    );
  });
}
