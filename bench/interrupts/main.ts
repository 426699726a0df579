/**
 * Ends Terraform, or every ssh, with SIGKILL at random moments of an `up`; then runs `up` again, which must converge,
 * while the site goes on answering.
 * Usage: node --import tsx bench/interrupts/main.ts [local | ssh | server] [times] [seed]   (20 times from seed 1)
 * The server is a bare one that `up` makes the documented one first.
 */
import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { sshWith, terraformsBelow } from "../../test/support/processes.ts";
import { openPlace, type Place } from "../place.ts";
import { Random } from "../random.ts";
import { watch } from "./watch.ts";

const POLL_MS = 20;

const [kind = "local", times = "20", seed = "1"] = process.argv.slice(2);
const isServer = kind === "server";
const hasSsh = kind !== "local";

/** Both slots are replaced, one after the other. */
const settingsOf = (turn: number) => ({
  ...(isServer ? { host: {} } : {}),
  services: { chat: { env: { TURN: `${turn}` } } },
});

const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;

const up = ({ box, env, name }: Place) => box.start(["up", name, "--yes"], { env });

/** @returns how long it took, ms */
async function converge(place: Place): Promise<number> {
  const start = performance.now();
  const { exitCode, stderr } = await up(place);
  assert.equal(exitCode, 0, String(stderr));
  return performance.now() - start;
}

/** Ends what there is to end after some time, or as soon as there is something. */
async function killDuring(place: Place, victim: "terraform" | "ssh", afterMs: number) {
  const running = up(place);
  const isOver = running.then(() => true);
  const victims = () =>
    victim === "ssh" ? sshWith(place.sshMarks) : terraformsBelow(running.pid as number);
  let over = await Promise.race([isOver, wait(afterMs, false)]);
  let pids = victims();
  while (!over && pids.length === 0) {
    over = await Promise.race([isOver, wait(POLL_MS, false)]);
    pids = victims();
  }
  for (const pid of pids) process.kill(pid, "SIGKILL");
  const { exitCode } = await running;
  return { killed: pids.length, exitCode };
}

async function interrupt(place: Place): Promise<void> {
  const random = new Random(Number(seed));
  await place.configure(settingsOf(0));
  console.log(`from nothing: ${seconds(await converge(place))}`);
  await place.configure(settingsOf(-1));
  const wholeMs = await converge(place);
  console.log(`both slots replaced: ${seconds(wholeMs)}`);
  const site = watch(`${place.origin}/api/models`);
  for (let turn = 1; turn <= Number(times); turn += 1) {
    const victim = hasSsh && turn % 2 === 0 ? "ssh" : "terraform";
    const afterMs = random.between(0, wholeMs);
    await place.configure(settingsOf(turn));
    const { killed, exitCode } = await killDuring(place, victim, afterMs);
    const againMs = await converge(place);
    const what = `${killed} ${victim} ended after ${seconds(afterMs)}, up ended with ${exitCode}`;
    console.log(`${turn}: ${what}; again: ${seconds(againMs)}; ${site.report()}`);
  }
  await site.end();
  const { exitCode, stdout } = await place.box.run(["verify", place.name], { env: place.env });
  console.log(stdout.trim().split("\n").at(-1));
  assert.equal(exitCode, 0, stdout);
}

const place = await openPlace(kind, settingsOf(0));
try {
  await interrupt(place);
} finally {
  await place.end();
}
