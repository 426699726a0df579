import { formatAge } from "../../core/age.ts";
import type { Reading } from "./reading.ts";

/** Something that has to be done again and again. */
export interface Recurring extends Pick<Reading, "subject" | "setting" | "where"> {
  readonly maxAgeMs: number;
  /** When it was last done, ms since 1970; undefined where it never was. */
  readonly at: number | undefined;
  /** Since when it is to be done: what is younger than its age has nothing that is overdue. */
  readonly since: number;
}

/** How long ago it was last done, against what the config allows. */
export function ageReading({ maxAgeMs, at, since, ...told }: Recurring, now: number): Reading {
  const isYoung = Math.max(at ?? 0, since) >= now - maxAgeMs;
  const declared = `at most ${formatAge(maxAgeMs)} ago`;
  const live = at === undefined ? undefined : `${formatAge(now - at)} ago`;
  return { ...told, declared, live: isYoung ? declared : live };
}
