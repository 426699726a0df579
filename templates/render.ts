import { readFileSync } from "node:fs";
import Handlebars from "handlebars";
import type { PostgresPlan } from "../core/postgres.ts";
import { KIB, MIB, SECOND_MS } from "../core/units.ts";
import type { GuardAlertsView } from "./guard-alerts.ts";
import type { HostViews } from "./host.ts";
import type { NginxView } from "./nginx.ts";
import type { RedisView } from "./redis.ts";

/** Every template with the view that fills it; the file is `<name>.hbs` beside this one. */
export interface Views extends HostViews {
  readonly "guard-alerts.yml": GuardAlertsView;
  readonly "nginx.conf": NginxView;
  readonly "postgresql.conf": PostgresPlan;
  readonly "redis.conf": RedisView;
}

/** Units of config files, by the helper's name: `{{mib limitBytes}}`. */
const UNITS = { kib: KIB, mib: MIB, seconds: SECOND_MS } as const;

/** @throws Error when the value is not a whole number of the unit: a file would say something else than the plan */
function inUnit(name: string, unit: number): (value: unknown) => string {
  return (value) => {
    const amount = Number(value) / unit;
    if (!Number.isInteger(amount)) throw new Error(`${String(value)} is not in whole ${name}`);
    return String(amount);
  };
}

function engine(): typeof Handlebars {
  const own = Handlebars.create();
  for (const [name, unit] of Object.entries(UNITS)) own.registerHelper(name, inUnit(name, unit));
  return own;
}

const HANDLEBARS = engine();

/** @throws Error naming a variable that the view lacks */
export function render<Name extends keyof Views>(name: Name, view: Views[Name]): string {
  const source = readFileSync(new URL(`./${name}.hbs`, import.meta.url), "utf8");
  return HANDLEBARS.compile(source, { strict: true, noEscape: true })(view);
}
