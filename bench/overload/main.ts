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
import { makePlace } from "./place.ts";
import { type Job, type Limits, plan } from "./plan.ts";
import { bundlePrograms, requireProxies, versions } from "./programs.ts";
import { machine, table } from "./report.ts";
import { joinResults, readResults, writeResults } from "./results.ts";
import { play, type Run } from "./run.ts";
import { score } from "./score.ts";
import { bestLimits } from "./sweep.ts";

/** Found by `--sweep` on the machine of the last figures. */
const LIMITS: Limits = { nginx: 3, haproxy: 3 };

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
  const places = await Promise.all(
    Array.from({ length: options.places }, (_, index) => makePlace({ index, ...common })),
  );
  const about = [machine(), ...(await versions(node.reference)), ...describe()];
  console.log(about.join("\n"));
  const playAll = (jobs: readonly Job[]) => playEach(jobs, places);
  const limits = options.sweep ? await bestLimits(playAll) : LIMITS;
  const runs = await playAll(jobsOf(limits));
  const own = [...groups(runs).values()].map(score);
  const results = { about, scores: own };
  const { scores } = options.join ? joinResults(results, await readResults(options.join)) : results;
  console.log(table(scores));
  await writeResults({ about, scores }, options.write === true);
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

/** Each place takes the next run when it is done with one. */
async function playEach(jobs: readonly Job[], places: Awaited<ReturnType<typeof makePlace>>[]) {
  const left = [...jobs];
  const runs: Run[] = [];
  const work = async (place: (typeof places)[number]) => {
    for (let job = left.shift(); job !== undefined; job = left.shift()) {
      runs.push(await play({ ...job, place, loadMs: options.seconds * SECOND_MS }));
      const { arm, profile, seed } = job;
      terminalReport.detail(
        `${runs.length} of ${jobs.length}: ${profile.name} ${arm.name} ${seed}`,
      );
    }
  };
  await Promise.all(places.map(work));
  return runs;
}

function groups(runs: readonly Run[]): Map<string, [Run, ...Run[]]> {
  const byName = new Map<string, [Run, ...Run[]]>();
  for (const run of runs.toSorted((one, other) => one.seed - other.seed)) {
    const name = `${run.profile} ${run.arm}`;
    const group = byName.get(name);
    if (group) group.push(run);
    else byName.set(name, [run]);
  }
  return byName;
}

const folder = await mkdtemp(join(tmpdir(), "bench-overload-"));
try {
  await main(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
