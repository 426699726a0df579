import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import Handlebars from "handlebars";
import { nginxPlan } from "../../core/nginx.ts";
import { postgresPlan } from "../../core/postgres.ts";
import { redisPlan } from "../../core/redis.ts";
import { GIB, MIB } from "../../core/units.ts";
import { guardAlertsView } from "../../templates/guard-alerts.ts";
import { nginxView } from "../../templates/nginx.ts";
import type { Views } from "../../templates/render.ts";

const { shmMib: _, ...postgres } = postgresPlan(320 * MIB, 16, 40 * GIB);

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
  "host/head.sh": {
    ...{ environment: "plimsoll/local", memoryKib: 1, swapMib: 1, sshPort: 22 },
    ...{ user: "deploy", upgrades: 1, slices: "a.slice" },
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
    plan: nginxPlan(2),
    domain: "localhost",
    tlsPort: 443,
    site: true,
    guard: "guard:8080",
    limits: { requestsPerSecond: 10, burst: 20, connectionsPerClient: 20, body: MIB },
    paths: ["/api/"],
    ssePaths: ["/api/chat/completions"],
  }),
  "postgresql.conf": postgres,
  "redis.conf": redisPlan(96 * MIB),
};

/** Names that a template reads; Handlebars' own words left out. */
function variables(name: string): Set<string> {
  const source = readFileSync(new URL(`../../templates/${name}.hbs`, import.meta.url), "utf8");
  const found = new Set<string>();
  class Collector extends Handlebars.Visitor {
    override PathExpression(path: hbs.AST.PathExpression): void {
      const [head] = path.parts;
      if (typeof head === "string" && !["if", "each"].includes(head)) found.add(head);
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

for (const [name, view] of Object.entries(VIEWS)) {
  test(`${name} reads every key of its view and no other`, () => {
    assert.deepEqual([...variables(name)].sort(), [...keys(view)].sort());
  });
}
