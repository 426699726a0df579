import { readFileSync } from "node:fs";
import Handlebars from "handlebars";
import type { PostgresPlan } from "../core/postgres.ts";
import type { RedisPlan } from "../core/redis.ts";
import type { GuardAlertsView } from "./guard-alerts.ts";
import type { HostViews } from "./host.ts";
import type { NginxView } from "./nginx.ts";

/** Every template with the view that fills it; the file is `<name>.hbs` beside this one. */
export interface Views extends HostViews {
  readonly "guard-alerts.yml": GuardAlertsView;
  readonly "nginx.conf": NginxView;
  readonly "postgresql.conf": Omit<PostgresPlan, "shmMib">;
  readonly "redis.conf": RedisPlan;
}

/** @throws Error naming a variable that the view lacks */
export function render<Name extends keyof Views>(name: Name, view: Views[Name]): string {
  const source = readFileSync(new URL(`./${name}.hbs`, import.meta.url), "utf8");
  return Handlebars.compile(source, { strict: true, noEscape: true })(view);
}
