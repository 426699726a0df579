import type { Arm } from "./arms/arm.ts";
import { guard } from "./arms/guard.ts";
import { haproxy } from "./arms/haproxy.ts";
import { literal } from "./arms/literal.ts";
import { nginx } from "./arms/nginx.ts";
import { none } from "./arms/none.ts";
import { oracle } from "./arms/oracle.ts";
import { PROFILES, type Profile } from "./profiles.ts";

export interface Job {
  readonly arm: Arm;
  readonly profile: Profile;
  readonly seed: number;
}

export interface Limits {
  readonly nginx: number;
  readonly haproxy: number;
}

export interface PlanOptions {
  /** Names; empty for all. */
  readonly arms: readonly string[];
  readonly profiles: readonly string[];
  /** Of the profile step, and of each other one. */
  readonly stepSeeds: number;
  readonly seeds: number;
  readonly limits: Limits;
}

/** @param limits of the static arms, as a sweep found them best */
export function allArms(limits: Limits): Arm[] {
  const fixed = [none, nginx(limits.nginx), haproxy(limits.haproxy), literal];
  return [...fixed, guard(false), guard(true), oracle];
}

/** Every run of the bench, seed by seed: broken off, it has something of everything. An arm that reads no hints is not run again where only the hints differ. */
export function plan(options: PlanOptions): Job[] {
  const arms = allArms(options.limits).filter(({ name }) => isChosen(name, options.arms));
  const profiles = PROFILES.filter(({ name }) => isChosen(name, options.profiles));
  const jobs = profiles.flatMap((profile) =>
    arms
      .filter(({ readsHints }) => readsHints || profile.sameAs === undefined)
      .flatMap((arm) => seeds(profile, options).map((seed) => ({ arm, profile, seed }))),
  );
  return jobs.toSorted((one, other) => one.seed - other.seed);
}

/** `nginx` also chooses `nginx-3`; `guard` does not choose `guard-hints`. */
function isChosen(name: string, chosen: readonly string[]): boolean {
  return chosen.length === 0 || chosen.includes(name) || chosen.includes(name.replace(/-\d+$/, ""));
}

function seeds({ name }: Profile, options: PlanOptions): number[] {
  const count = name === "step" ? options.stepSeeds : options.seeds;
  return Array.from({ length: count }, (_, index) => index + 1);
}
