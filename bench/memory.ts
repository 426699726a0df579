/**
 * What the stack holds beside what was planned: idle, and with every request, stream and connection that the plan
 * lets in and full stores.
 * Usage: node --import tsx bench/memory.ts [local | server]   (local: this machine's Docker; server: a virtual 2 GB one)
 * Deploys a stack of its own and takes it down again. Prints a table, and the same as JSON to stdout's last line.
 */
import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { containerName } from "../core/names.ts";
import type { Plan } from "../core/plan.ts";
import { toMib } from "../core/units.ts";
import { compare } from "./memory/comparison.ts";
import { openPlace, type Place } from "./memory/place.ts";
import { largest, readSample, type Sample } from "./memory/sample.ts";
import { traffic } from "./memory/traffic.ts";

/** Health checks have run, start-up garbage is collected and given back: 30 s after the start a slot still holds twice. */
const SETTLE_MS = 120_000;
const SAMPLE_INTERVAL_MS = 5000;
const LOAD = { streams: 80, exports: 28, plain: 20, forMs: 120_000 };

const script = (name: string) => readFile(new URL(`memory/${name}`, import.meta.url), "utf8");

async function plimsoll({ box, env }: Place, ...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await box.run(args, { env });
  if (exitCode !== 0) throw new Error(`plimsoll ${args.join(" ")}:\n${stderr}`);
  return stdout;
}

async function sample({ target, box }: Place): Promise<Sample> {
  const input = await script("probe.sh");
  const { stdout } = await target.run(["sh", "-s", "--", box.project], { input });
  return readSample(String(stdout));
}

async function fill({ target, box, name }: Place, { postgres, redis }: Plan): Promise<void> {
  const container = (service: string, slot?: number) =>
    containerName({ project: box.project, name }, service, slot);
  const cacheMib = toMib(redis["redis"]?.maxmemoryBytes ?? 0);
  const buffersMib = toMib(postgres["postgres"]?.sharedBuffersBytes ?? 0);
  const cache = [container("redis"), String(cacheMib)];
  const database = [container("postgres"), String(buffersMib)];
  const input = await script("fill.sh");
  await target.run(["sh", "-s", "--", container("chat", 1), ...cache, ...database], { input });
}

async function underLoad(place: Place): Promise<Sample> {
  const samples: Sample[] = [];
  let isOver = false;
  const answers = traffic(place.origin, LOAD).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    samples.push(await sample(place));
    await Promise.race([wait(SAMPLE_INTERVAL_MS), answers]);
  }
  console.log(`answers by status: ${JSON.stringify(await answers)}, ${samples.length} samples`);
  return largest(samples);
}

async function measure(place: Place): Promise<void> {
  await plimsoll(place, "up", place.name);
  const plan = JSON.parse(await plimsoll(place, "explain", place.name, "--json")) as Plan;
  await wait(SETTLE_MS);
  const idle = await sample(place);
  await fill(place, plan);
  const loaded = await underLoad(place);
  const rows = compare({ lines: plan.memory.lines, uses: plan.uses, idle, loaded });
  const { stdout } = await place.target.run(["uname", "--kernel-release", "--machine"]);
  console.log(`${place.name}: ${stdout}, MiB planned / measured; load: ${JSON.stringify(LOAD)}`);
  console.table(rows);
  const wrong = rows.filter(({ off }) => off !== "").map(({ who, off }) => `${who} (${off})`);
  console.log(`off by more than 25 %: ${wrong.join(", ") || "none"}`);
  console.log(JSON.stringify({ place: place.name, load: LOAD, rows }));
}

const place = await openPlace(process.argv[2] ?? "local");
try {
  await measure(place);
} finally {
  await place.end();
}
