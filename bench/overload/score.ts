import { SECOND_MS } from "../../core/units.ts";
import type { Outcome } from "./client.ts";
import type { Run } from "./run.ts";

/** What the runs of one arm under one profile amount to, all seeds together. */
export interface Score {
  readonly arm: string;
  readonly profile: string;
  readonly seeds: number;
  /** Heavy bytes a second of load, of requests that were done within their deadline. */
  readonly goodputBytesPerS: number;
  readonly goodputBytesBySeed: readonly number[];
  readonly deaths: number;
  readonly otherDeaths: number;
  readonly runsWithDeath: number;
  readonly lightShare: number;
  readonly lightP99Ms: number;
  readonly lightUnloadedP99Ms: number;
  readonly streamShare: number;
  /** Of what was refused on arrival; undefined when nothing was. */
  readonly rejectP99Ms: number;
  readonly rejects: number;
  readonly waitedRejects: number;
  /** From the load's end until nothing more was lost. The worst seed. */
  readonly recoveryMs: number;
  readonly lagP99Ms: number;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** @param runs of one arm and one profile */
export function score(runs: readonly [Run, ...Run[]]): Score {
  const [{ arm, profile }] = runs;
  const outcomes = runs.flatMap((run) => run.outcomes);
  return {
    ...{ arm, profile, seeds: runs.length },
    ...goodput(runs),
    ...deaths(runs),
    ...light(runs),
    streamShare: doneShare(outcomes.filter(({ kind }) => kind === "stream")),
    ...rejects(outcomes),
    recoveryMs: Math.max(...runs.map(recoveryMs)),
    lagP99Ms: Math.max(...runs.map((run) => run.lagP99Ms)),
  };
}

const isDone = ({ fate }: Outcome) => fate === "done";

function doneShare(outcomes: readonly Outcome[]): number {
  return outcomes.length === 0 ? Number.NaN : outcomes.filter(isDone).length / outcomes.length;
}

/** Counts what arrived during the load: before and after it there is enough memory for all. */
function goodput(runs: readonly Run[]) {
  const bySeed = runs.map(({ outcomes, times: { loadFromMs, loadToMs } }) => {
    const done = outcomes.filter(
      (each) =>
        each.kind === "heavy" && isDone(each) && each.atMs >= loadFromMs && each.atMs < loadToMs,
    );
    return done.reduce((bytes, each) => bytes + each.bytes, 0);
  });
  const loadMs = runs.reduce((total, { times }) => total + times.loadToMs - times.loadFromMs, 0);
  const total = bySeed.reduce((sum, bytes) => sum + bytes, 0);
  return { goodputBytesPerS: total / (loadMs / SECOND_MS), goodputBytesBySeed: bySeed };
}

function deaths(runs: readonly Run[]) {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    deaths: sum(runs.map((run) => run.deaths.outOfMemory)),
    otherDeaths: sum(runs.map((run) => run.deaths.other)),
    runsWithDeath: runs.filter((run) => run.deaths.outOfMemory > 0).length,
  };
}

function light(runs: readonly Run[]) {
  const all = runs.flatMap(({ outcomes, times }) =>
    outcomes
      .filter(({ kind }) => kind === "light")
      .map((outcome) => ({ ...outcome, isCalm: outcome.atMs < times.warmFromMs })),
  );
  const latencies = (isCalm: boolean) =>
    all.filter((each) => isDone(each) && each.isCalm === isCalm).map((each) => each.latencyMs);
  return {
    lightShare: doneShare(all),
    lightP99Ms: quantile(latencies(false), 0.99),
    lightUnloadedP99Ms: quantile(latencies(true), 0.99),
  };
}

function rejects(outcomes: readonly Outcome[]) {
  const all = outcomes.flatMap((each) => each.attempts).filter(({ fate }) => fate === "refused");
  const atOnce = all.filter(({ hasWaited }) => !hasWaited);
  return {
    rejectP99Ms: quantile(
      atOnce.map(({ latencyMs }) => latencyMs),
      0.99,
    ),
    rejects: atOnce.length,
    waitedRejects: all.length - atOnce.length,
  };
}

function recoveryMs({ outcomes, times }: Run): number {
  const lost = outcomes.filter(
    (each) => each.kind !== "stream" && each.atMs >= times.loadToMs && !isDone(each),
  );
  return Math.max(0, ...lost.map(({ atMs }) => atMs - times.loadToMs));
}
