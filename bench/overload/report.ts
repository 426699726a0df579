import { cpus } from "node:os";
import { plainTable } from "../../cli/table.ts";
import { MIB } from "../../core/units.ts";
import { PROFILES } from "./profiles.ts";
import type { Score } from "./score.ts";

const HEAD = [
  ...["profile", "arm", "seeds", "heavy MiB/s", "of oracle", "deaths", "light %", "light p99 ms"],
  ...["of unloaded", "reject p99 ms", "rejects", "waited", "recovery s", "streams %", "lag p99 ms"],
];

/** Arms by profile, one line each. */
export function table(scores: readonly Score[]): string {
  const rank = ({ profile }: Score) => PROFILES.findIndex(({ name }) => name === profile);
  const sorted = scores.toSorted((one, other) => rank(one) - rank(other));
  return plainTable(
    sorted.map((score) => row(score, oracleOf(score, scores))),
    { head: HEAD },
  );
}

/** The oracle's score on the same arrivals; a profile that differs in hints only has the one of `step`. */
export function oracleOf(score: Score, scores: readonly Score[]): Score | undefined {
  const profile = score.profile.startsWith("hints-") ? "step" : score.profile;
  return scores.find((each) => each.arm === "oracle" && each.profile === profile);
}

/** Of the seeds that both have played. */
export function ratio(score: Score, oracle: Score): number {
  const count = Math.min(score.seeds, oracle.seeds);
  const sum = ({ goodputBytesBySeed }: Score) =>
    goodputBytesBySeed.slice(0, count).reduce((total, bytes) => total + bytes, 0);
  return sum(score) / sum(oracle);
}

function row(score: Score, oracle?: Score): string[] {
  const { deaths, otherDeaths } = score;
  return [
    ...[score.profile, score.arm, String(score.seeds)],
    fixed(score.goodputBytesPerS / MIB, 1),
    oracle ? `${fixed(ratio(score, oracle) * 100, 0)} %` : "-",
    otherDeaths > 0 ? `${deaths} +${otherDeaths}` : String(deaths),
    fixed(score.lightShare * 100, 2),
    fixed(score.lightP99Ms, 1),
    fixed(score.lightP99Ms / score.lightUnloadedP99Ms, 2),
    fixed(score.rejectP99Ms, 1),
    ...[String(score.rejects), String(score.waitedRejects)],
    fixed(score.recoveryMs / 1000, 1),
    fixed(score.streamShare * 100, 1),
    fixed(score.lagP99Ms, 1),
  ];
}

function fixed(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "-";
}

/** What the figures were made on. */
export function machine(): string {
  return `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}`;
}
