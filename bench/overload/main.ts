/**
 * Overload: what becomes of heavy and light requests when more memory is asked for than there is, by arm and profile.
 * Usage: node --import tsx bench/overload/main.ts --help
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { ensureImages } from "../../cli/images/build.ts";
import { terminalReport } from "../../cli/report.ts";
import { SECOND_MS } from "../../core/units.ts";
import { runtimeImages } from "../../images/runtime.ts";
import type { Place } from "./arms/arm.ts";
import { endOnSignal } from "./ending.ts";
import { makePlace } from "./place.ts";
import { type Job, type Limits, plan } from "./plan.ts";
import { playAll } from "./play-all.ts";
import { bundlePrograms, requireProxies, versions } from "./programs.ts";
import { machine, table } from "./report.ts";
import { joinResults, readResults, resultsFile, writeDocument, writeJson } from "./results.ts";
import type { Score } from "./score.ts";
import { bestLimits, sweepJobs } from "./sweep.ts";

/** Found by `--sweep` on the machine of the last figures. */
const LIMITS: Limits = { nginx: 7, haproxy: 6 };

const list = (text: string) => text.split(",");
const program = new Command("overload")
  .option("--quick", "every arm once under step, burst and leak: about 5 minutes")
  .option("--arm <names>", "only these arms", list, [])
  .option("--profile <names>", "only these profiles", list, [])
  .option("--seeds <count>", "seeds of each profile (default: 10 of step, 3 of each other)", Number)
  .option("--seconds <seconds>", "length of the load", Number, 10)
  .option("--places <count>", "runs side by side, each with a backend of its own", Number, 4)
  .option("--sweep", "first find the best limits of nginx and HAProxy")
  .option("--join <file>", "take the arms that do not run from this file of results")
  .option("--write", "write docs/bench/overload.md");
interface Options {
  readonly quick?: true;
  readonly arm: readonly string[];
  readonly profile: readonly string[];
  readonly seeds?: number;
  readonly seconds: number;
  readonly places: number;
  readonly sweep?: true;
  readonly join?: string;
  readonly write?: true;
}
const options = program.parse().opts<Options>();
const QUICK_PROFILES = ["step", "burst", "leak"];

async function main(folder: string): Promise<void> {
  const { node } = runtimeImages("debian");
  await ensureImages([node], terminalReport);
  await requireProxies();
  const programs = join(folder, "programs");
  await bundlePrograms(programs);
  const common = { folder, programs, image: node.reference };
  const places: Place[] = [];
  for (let index = 0; index < options.places; index++) {
    places.push(await makePlace({ index, ...common }));
  }
  const about = [machine(), ...(await versions(node.reference)), ...describe()];
  console.log(about.join("\n"));
  const older = options.join ? [await readResults(options.join)] : [];
  const results = (scores: readonly Score[]) => older.reduce(joinResults, { about, scores });
  const file = await resultsFile();
  const play = (jobs: readonly Job[], before: readonly Score[] = []) =>
    playAll(jobs, {
      ...{ places, loadMs: options.seconds * SECOND_MS },
      onScores: (scores) => writeJson(file, results([...scores, ...before])),
    });
  const sweep = options.sweep ? await play(sweepJobs()) : [];
  const limits = options.sweep ? bestLimits(sweep) : LIMITS;
  const scores = await play(jobsOf(limits), sweep);
  const all = joinResults(results(scores), { about: [], scores: sweep });
  console.log(table(all.scores));
  if (options.write) await writeDocument(all);
}

function describe(): string[] {
  const began = new Date().toISOString().slice(0, 16);
  return [`${began}, load of ${options.seconds} s, ${options.places} runs side by side`];
}

function jobsOf(limits: Limits): Job[] {
  const seeds = options.seeds ?? (options.quick ? 1 : undefined);
  return plan({
    limits,
    arms: options.arm,
    profiles: options.quick && options.profile.length === 0 ? QUICK_PROFILES : options.profile,
    stepSeeds: seeds ?? 10,
    seeds: seeds ?? 3,
  });
}

const folder = await mkdtemp(join(tmpdir(), "bench-overload-"));
endOnSignal(folder);
try {
  await main(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
