/**
 * How long each kind of container is away when a deploy replaces it, as a client sees it.
 * Usage: node --import tsx bench/outages.ts [times] [case,...]   (once, and all of them)
 * Deploys a stack of its own to this machine's Docker, and takes it down again.
 */
import { readFile } from "node:fs/promises";
import { cpus, loadavg, release } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { plainTable } from "../cli/table.ts";
import { containerName } from "../core/names.ts";
import { SECOND_MS } from "../core/units.ts";
import { CASES, type Case, KNOBS, type Knobs, ONE_SLOT, settingsOf } from "./outages/cases.ts";
import { type Noticed, openStream, watch } from "./outages/client.ts";
import { type Events, hear, type Replacement } from "./outages/events.ts";
import { openPlace, type Place } from "./place.ts";

/** How long a stream stays open after its proxy was told to stop: five minutes would show no more. */
const HELD_MS = 15_000;
/** Of the stores' limits, what `fill.sh` is told: shared_buffers, and maxmemory of the store. */
const FILL_MIB = { buffers: 80, store: 43 };

const seconds = (ms: number) => (ms / SECOND_MS).toFixed(1);

async function plimsoll({ box, name }: Place, ...args: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await box.run([...args, name]);
  if (exitCode !== 0) throw new Error(`plimsoll ${args.join(" ")}:\n${stderr}`);
}

function nameIn({ box, name }: Place, [service, slot]: Case["who"]): string {
  return containerName({ project: box.project, name }, service, slot);
}

async function fill(place: Place): Promise<void> {
  const input = await readFile(new URL("memory/fill.sh", import.meta.url), "utf8");
  const postgres = nameIn(place, ["postgres"]);
  const drop = "drop table if exists plimsoll_bench";
  const psql = ["psql", "--quiet", "--username=postgres", "--dbname=postgres", "--command", drop];
  await place.target.docker(["exec", "--user=999", postgres, ...psql]);
  const stores = [nameIn(place, ["sessions"]), `${FILL_MIB.store}`];
  const args = [nameIn(place, ["chat", 1]), ...stores, postgres, `${FILL_MIB.buffers}`];
  await place.target.run(["sh", "-s", "--", ...args], { input });
}

/** Redis' own word, since no request of the example needs a store. */
async function readyMs({ target }: Place, name: string): Promise<number> {
  const { stdout } = await target.docker(["logs", "--timestamps", name]);
  const line = String(stdout)
    .split("\n")
    .findLast((each) => each.includes("Ready to accept"));
  if (!line) throw new Error(`${name} does not say that it is ready`);
  return Date.parse(line.split(" ")[0] ?? "");
}

interface Seen {
  readonly noticed: Noticed;
  readonly replacement: Replacement;
  /** When it answered again. */
  readonly backMs: number;
}

function rowOf({ name }: Case, { noticed, replacement, backMs }: Seen): string[] {
  const { signalMs, endMs, startMs } = replacement;
  const { span, longestMs } = noticed;
  const parts = [endMs - signalMs, startMs - endMs, backMs - startMs, backMs - signalMs];
  const whole = span ? seconds(span.toMs - span.fromMs) : "nothing";
  const answers = Object.entries(noticed.statuses).map(([status, times]) => `${times} x ${status}`);
  const load = loadavg()[0]?.toFixed(1) ?? "";
  return [name, ...parts.map(seconds), whole, seconds(longestMs), answers.join(", "), load];
}

/** @returns once a stream is open; it ends some time after its proxy was told to stop */
async function holdStream({ origin }: Place, told: Promise<void>) {
  const end = await openStream(origin);
  return { over: told.then(() => wait(HELD_MS)).then(end) };
}

async function measure(place: Place, one: Case, events: Events): Promise<string[]> {
  const name = nameIn(place, one.who);
  if (one.first === "fill") await fill(place);
  const held = one.first === "stream" && (await holdStream(place, events.signalOf(name)));
  const client = watch(`${place.origin}${one.path}`, one.isGood);
  const sinceMs = Date.now();
  await plimsoll(place, "up", "--yes");
  if (held) await held.over;
  const noticed = await client.end();
  const replacement = events.replacementOf(name, sinceMs);
  if (!replacement) throw new Error(`${one.name}: ${name} was not replaced`);
  const isStore = one.who[0] === "sessions";
  const answeredMs = noticed.goodMs.find((atMs) => atMs > replacement.startMs);
  const backMs = isStore ? await readyMs(place, name) : (answeredMs ?? Number.NaN);
  return rowOf(one, { noticed, replacement, backMs });
}

async function turned(place: Place, knobs: Knobs, change: Partial<Knobs>): Promise<Knobs> {
  const next = { ...knobs, ...change };
  await place.configure(settingsOf(next));
  return next;
}

const HEAD = [
  ...["what is replaced", "stop", "between", "start", "away"],
  ...["noticed", "longest", "answers", "load"],
];

const wanted = process.argv[3]?.split(",");
const isWanted = ({ name }: Case) => wanted === undefined || wanted.includes(name);

async function measureAll(place: Place, times: number): Promise<void> {
  const { stdout: docker } = await place.target.docker([
    "version",
    "--format",
    "{{.Server.Version}}",
  ]);
  console.log(
    `${cpus().length} x ${cpus()[0]?.model}, Linux ${release()}, Docker ${docker}, Node ${process.version}`,
  );
  console.log(
    `load average before: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(" ")}`,
  );
  await plimsoll(place, "up");
  const events = hear(place.target, place.box.project);
  let knobs = KNOBS;
  const rows: string[][] = [];
  const run = async (one: Case) => {
    knobs = await turned(place, knobs, one.turn(knobs));
    const row = await measure(place, one, events);
    console.error(row.join(" | "));
    rows.push(row);
  };
  const again = (cases: readonly Case[]) =>
    Array.from({ length: times }, () => cases.filter(isWanted)).flat();
  try {
    for (const one of again(CASES)) await run(one);
    if (isWanted(ONE_SLOT)) {
      knobs = await turned(place, knobs, { slots: 1 });
      await plimsoll(place, "up", "--yes");
    }
    for (const one of again([ONE_SLOT])) await run(one);
  } finally {
    events.end();
  }
  console.log(plainTable(rows, { head: HEAD }));
  console.log(
    `seconds; load average after: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(" ")}`,
  );
}

const place = await openPlace("local", settingsOf(KNOBS));
try {
  await measureAll(place, Number(process.argv[2] ?? "1"));
} finally {
  await place.end();
}
