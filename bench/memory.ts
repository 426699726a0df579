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
import { formatMib, SECOND_MS, toMib } from "../core/units.ts";
import { compare } from "./memory/comparison.ts";
import { largest, readSamples, type Sample } from "./memory/sample.ts";
import { traffic } from "./memory/traffic.ts";
import { openPlace, type Place } from "./place.ts";

/** Health checks have run, start-up garbage is collected and given back: 30 s after the start a slot still holds twice. */
const SETTLE_MS = 120_000;
const SAMPLE_INTERVAL_MS = 2000;
/** Of one reading, on an emulated processor that is busy; the last ones are before the load's end. */
const READING_MS = 1000;
const LOAD = { streams: 80, exports: 28, plain: 20, forMs: 240_000 };

/** A token a second: it is open streams that hold memory, and an emulated processor has no time for their events. */
const CHAT = { env: { MODEL_TOKEN_DELAY_MS: "1000" } };
/** One client stands for many: the limits are for one address. */
const LIMITS = { requestsPerSecond: 1000, burst: 1000, connectionsPerClient: 1000 };

const script = (name: string) => readFile(new URL(`memory/${name}`, import.meta.url), "utf8");

async function plimsoll({ box, env }: Place, ...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await box.run(args, { env });
  if (exitCode !== 0) throw new Error(`plimsoll ${args.join(" ")}:\n${stderr}`);
  return stdout;
}

async function samples({ target, box }: Place, times: number): Promise<Sample[]> {
  const input = await script("probe.sh");
  const args = [box.project, `${times}`, `${SAMPLE_INTERVAL_MS / SECOND_MS}`];
  const { stdout } = await target.run(["sh", "-s", "--", ...args], { input });
  return readSamples(String(stdout));
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
  const answers = traffic(place.origin, LOAD);
  const taken = await samples(place, Math.floor(LOAD.forMs / (SAMPLE_INTERVAL_MS + READING_MS)));
  console.log(`answers by status: ${JSON.stringify(await answers)}, ${taken.length} samples`);
  return largest(taken);
}

async function measure(place: Place): Promise<void> {
  await plimsoll(place, "up", place.name);
  const plan = JSON.parse(await plimsoll(place, "explain", place.name, "--json")) as Plan;
  await wait(SETTLE_MS);
  const [idle] = await samples(place, 1);
  if (!idle) throw new Error("nothing was read");
  await fill(place, plan);
  const loaded = await underLoad(place);
  const rows = compare({ lines: plan.memory.lines, uses: plan.uses, idle, loaded });
  const { stdout } = await place.target.run(["uname", "--kernel-release", "--machine"]);
  console.log(`${place.name}: ${stdout}, MiB planned / measured; load: ${JSON.stringify(LOAD)}`);
  console.table(rows);
  const checks = [idle, loaded].map((each) => formatMib(each.get("checks")?.useBytes ?? 0));
  console.log(`health checks under way, for which docker's limit has room: ${checks.join(", ")}`);
  const wrong = rows.filter(({ off }) => off !== "").map(({ who, off }) => `${who} (${off})`);
  console.log(`off by more than 25 %: ${wrong.join(", ") || "none"}`);
  console.log(JSON.stringify({ place: place.name, load: LOAD, rows }));
}

const place = await openPlace(process.argv[2] ?? "local", {
  limits: LIMITS,
  services: { chat: CHAT },
});
try {
  await measure(place);
} finally {
  await place.end();
}
