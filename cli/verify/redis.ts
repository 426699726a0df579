import { OPERATOR_PASSWORD, OPERATOR_USER } from "../../core/secrets.ts";
import { USERS } from "../../core/users.ts";
import type { Context, Subject } from "./context.ts";
import { declaredSettings } from "./declared-settings.ts";
import { sameUnits } from "./quantity.ts";
import type { Reading } from "./reading.ts";

/** The password goes from its file to the client's environment: it is in no argument. */
const ASK = `REDISCLI_AUTH=$(cat "$1") exec redis-cli --user "$2" --no-auth-warning config get '*'`;

/** Alternating lines of names and values. */
async function liveSettings(
  { target }: Context,
  { declared }: Subject,
): Promise<Map<string, string>> {
  const { stdout } = await target.docker(
    [
      ...["exec", `--user=${USERS.redis.uid}`, declared.name],
      ...["sh", "-c", ASK, "sh", `/run/secrets/${OPERATOR_PASSWORD}`, OPERATOR_USER],
    ],
    { reject: false },
  );
  const lines = String(stdout).split("\n");
  const names = lines.filter((_, at) => at % 2 === 0);
  return new Map(names.map((name, at) => [name, lines[at * 2 + 1] ?? ""]));
}

/** A directive for one class of clients reads back among those for all classes. */
function holds(declared: string, live: string): boolean {
  const wanted = sameUnits(declared);
  return wanted === live || (wanted !== "" && live.split(/ (?=[a-z])/).includes(wanted));
}

/** Every setting of the declared redis.conf against CONFIG GET. */
export async function redisReadings(context: Context, subject: Subject): Promise<Reading[]> {
  const live = await liveSettings(context, subject);
  return [...declaredSettings(subject)].map(([setting, declared]) => {
    const found = live.get(setting);
    const same = found !== undefined && holds(declared, found);
    return {
      subject: subject.name,
      setting,
      declared,
      live: same ? declared : found,
      where: "CONFIG GET",
    };
  });
}
