import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "../../config/environment.ts";
import { pruneScript } from "../../stacks/prune-job.ts";
import { localWith } from "../support/environments.ts";
import { jobProgram } from "../support/job-program.ts";

const HEAD = { name: "prune", what: "a thing", key: "host.jobs.prune" };

function script(keep: number): string {
  const services = { chat: { build: null, image: "registry.example.com:5000/acme/chat:7" } };
  const environment = localWith({ services } as Parameters<typeof localWith>[0]);
  const place = { environment, plan: planOf(environment), cgroupDriver: "systemd" as const };
  return pruneScript(place, HEAD, keep);
}

const line = (day: number, id: string, name: string) =>
  `"2026-11-${day}T00:00:00Z" "2026-01-01T00:00:00Z" sha256:${id} ${name}`;
/** As the engine tells them, in no order; the container has `a`. */
const OWN = [
  line(21, "b", "plimsoll/chat:b"),
  line(24, "e", "plimsoll/chat:e"),
  line(20, "a", "plimsoll/chat:a"),
  line(23, "d", "plimsoll/chat:d"),
  line(22, "c", "plimsoll/chat:c"),
  line(19, "f", "theirs/chat:f"),
  "",
].join("\n");
const NAMED = [
  line(21, "h", "registry.example.com:5000/acme/chat:5"),
  line(22, "i", "registry.example.com:5000/acme/chat:6"),
  line(20, "g", "sha256:g"),
].join("\n");

const ENGINE = `engine() {
  case $* in
    "ps --all"*) echo container-1 ;;
    *--format={{.Repository}}) echo plimsoll/chat; echo plimsoll/chat ;;
    "image ls"*reference=plimsoll/chat*) echo sha256:own ;;
    "image ls"*reference=registry*) echo sha256:named ;;
    "image inspect"*sha256:own) printf '%s\\n' '${OWN}' ;;
    "image inspect"*sha256:named) printf '%s\\n' '${NAMED}' ;;
    "image rm"*) refuse_removal "$3" ;;
  esac
}
refuse_removal() { :; }
`;
/** The first question is for nginx' image, the second for those that are used. */
const USED = `if [ "$1 $4" = "inspect container-1" ]; then echo sha256:a; exit; fi`;

const removed = (calls: readonly string[]) =>
  calls.filter((call) => call.startsWith("image rm")).map((call) => call.slice(9));

test("the newest of each repository stay, and what a container has; nobody else's is touched", async (t) => {
  const { run } = await jobProgram(t, script(2), `${ENGINE}${USED}`);
  const { exitCode, stderr, calls, note } = await run();
  assert.equal(exitCode, 0, stderr);
  // By when they came: e and d stay of ours, a is used; i and h of those that the config names.
  assert.deepEqual(removed(calls), ["plimsoll/chat:c", "plimsoll/chat:b", "sha256:g"]);
  assert.match(note, /^\d{8}T\d{6}Z \d{8}T\d{6}Z 0$/);
});

test("the engine is asked for ours by label and name, for others' by the config's name alone, and never forced", async (t) => {
  const { run } = await jobProgram(t, script(1), `${ENGINE}${USED}`);
  const { calls } = await run();
  const lists = calls.filter((call) => call.startsWith("image ls"));
  assert.deepEqual(lists, [
    "image ls --filter=label=plimsoll.image --filter=reference=plimsoll/* --format={{.Repository}}",
    "image ls --quiet --no-trunc --filter=reference=plimsoll/chat --filter=label=plimsoll.image",
    "image ls --quiet --no-trunc --filter=reference=registry.example.com:5000/acme/chat",
  ]);
  assert.ok(!removed(calls).some((name) => /force|-f/.test(name)));
  assert.deepEqual(
    calls.filter((call) => / prune /.test(call)),
    [
      "image prune --force --filter=label=plimsoll.image",
      "image prune --force --filter=label=plimsoll.stage",
      "builder prune --all --force",
    ],
  );
});

test("what the engine needs stays; any other refusal fails the job, after everything else was tried", async (t) => {
  const conflict = `refuse_removal() { echo "Error response from daemon: conflict: unable to delete" >&2; exit 1; }\n`;
  const used = await jobProgram(t, script(2), `${ENGINE}${conflict}${USED}`);
  assert.equal((await used.run()).exitCode, 0);
  const broken = `refuse_removal() { echo "Error response from daemon: input/output error" >&2; exit 1; }\n`;
  const { run } = await jobProgram(t, script(2), `${ENGINE}${broken}${USED}`);
  const { exitCode, stderr, calls, note } = await run();
  assert.equal(exitCode, 1);
  assert.match(stderr, /input\/output error/);
  assert.equal(removed(calls).length, 3);
  assert.ok(calls.includes("builder prune --all --force"));
  assert.match(note, / 1$/);
});

test("without the environment's nginx it says so", async (t) => {
  const { run } = await jobProgram(t, script(2), `if [ "$1" = inspect ]; then exit 1; fi`);
  const { exitCode, stderr } = await run();
  assert.equal(exitCode, 3);
  assert.equal(
    stderr,
    "plimsoll-local-nginx must be there, got no such container; bring the environment up",
  );
});
