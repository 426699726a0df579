/**
 * The admission law against simulated memory: what a change of it does, in a minute and on any machine.
 * Usage: node --import tsx bench/simulation/main.ts --help
 */
import { Command } from "commander";
import { PROFILES } from "../overload/profiles.ts";
import { table } from "../overload/report.ts";
import type { Run } from "../overload/run.ts";
import { type Score, score } from "../overload/score.ts";
import { simulate } from "./play.ts";

const list = (text: string) => text.split(",");
const program = new Command("simulation")
  .option(
    "--profile <names>",
    "only these profiles",
    list,
    PROFILES.map(({ name }) => name),
  )
  .option("--seeds <count>", "seeds of each", Number, 6)
  .option(
    "--slowest <times>",
    "a request may take this many times as long as it should",
    Number,
    1.15,
  );
const {
  profile: names,
  seeds,
  slowest,
} = program.parse().opts<{ profile: string[]; seeds: number; slowest: number }>();

const scores: Score[] = [];
for (const profile of PROFILES.filter(({ name }) => names.includes(name))) {
  for (const hints of profile.sameAs === undefined ? [false, true] : [true]) {
    const runs: Run[] = [];
    for (let seed = 1; seed <= seeds; seed += 1) {
      runs.push(await simulate({ hints, profile, seed, slowest }));
    }
    scores.push(score(runs as [Run, ...Run[]]));
  }
}
console.log(table(scores));
