import { USERS } from "../../core/users.ts";
import type { Context, Subject } from "./context.ts";
import { declaredSettings } from "./declared-settings.ts";
import { sameUnits } from "./quantity.ts";
import type { Reading } from "./reading.ts";

const SEPARATOR = "\t";
/** On a Unix socket the tcp settings show 0: what a TCP session starts with is their reset value. */
const QUERY = `select name, case when name like 'tcp\\_%' then reset_val || coalesce(unit, '')
  else current_setting(name) end from pg_settings`;

/** What the server answers, a row a line; empty where it does not answer. */
export async function ask(
  { target }: Context,
  { declared }: Subject,
  query: string,
): Promise<string> {
  const { stdout } = await target.docker(
    [
      ...["exec", `--user=${USERS.postgres.uid}`, declared.name],
      ...["psql", "--no-psqlrc", "--username=postgres", "--dbname=postgres"],
      ...["--no-align", "--tuples-only", `--field-separator=${SEPARATOR}`, "--command", query],
    ],
    { reject: false },
  );
  return String(stdout);
}

async function liveSettings(context: Context, subject: Subject): Promise<Map<string, string>> {
  const lines = (await ask(context, subject, QUERY)).split("\n");
  return new Map(lines.map((line) => line.split(SEPARATOR) as [string, string]));
}

/** Every setting of the declared postgresql.conf against what the server answers to SHOW. */
export async function postgresReadings(context: Context, subject: Subject): Promise<Reading[]> {
  const live = await liveSettings(context, subject);
  return [...declaredSettings(subject)].map(([setting, declared]) => {
    const found = live.get(setting);
    const same = found !== undefined && sameUnits(found) === sameUnits(declared);
    return {
      subject: subject.name,
      setting,
      declared,
      live: same ? declared : found,
      where: "SHOW",
    };
  });
}
