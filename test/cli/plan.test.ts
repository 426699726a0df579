import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import type { FoundContainer } from "../../cli/containers.ts";
import type { ResourceChange } from "../../cli/plan/terraform-plan.ts";
import { plannedChanges, planText } from "../../cli/plan.ts";
import { localWith } from "../support/environments.ts";

const TWO_SLOTS = localWith({});
const NOTHING_SEEN = { retired: [], server: [] };

const replaced = (who: string): ResourceChange => ({
  ...{ stack: "local-any", type: "docker_container", name: `${who}_container` },
  actions: ["delete", "create"],
  before: { name: `plimsoll-local-${who}`, memory: 64 },
  after: { name: `plimsoll-local-${who}`, memory: 96 },
  replacePaths: [["env"]],
});

const removed = (who: string): ResourceChange => ({
  ...replaced(who),
  actions: ["delete"],
  after: null,
  replacePaths: [],
});

const step = (name: string, ...actions: string[]): ResourceChange => ({
  ...{ stack: "local-host", type: "terraform_data", name, actions },
  ...{ before: {}, after: null, replacePaths: [] },
});

const found = (name: string): FoundContainer => ({
  ...{ id: "1", name: `plimsoll-local-${name}`, service: "chat", owned: true, stateId: "s" },
  ...{ state: "running", health: "healthy", restarts: 0, oomKilled: false },
  ...{ startedAt: "2026-01-01T00:00:00Z", limitBytes: 268_435_456 },
});

function outages(changes: readonly ResourceChange[]): string[] {
  return plannedChanges(TWO_SLOTS, changes, NOTHING_SEEN).outages.map(({ who }) => who);
}

test("what interrupts the service is told apart from what others make up for", () => {
  const changes = ["chat-1", "chat-2", "postgres", "nginx"].map(replaced);
  assert.deepEqual(outages(changes), ["plimsoll-local-postgres", "plimsoll-local-nginx"]);
  assert.deepEqual(outages(["chat-1", "chat-2"].map(replaced)), []);
});

test("a server whose settings are taken back restarts Docker; a step that runs again does not", () => {
  assert.deepEqual(outages([step("server_removal_750C3CAA", "delete")]), ["the server"]);
  assert.deepEqual(outages([step("prepare_step_4470C8AC", "delete", "create")]), []);
});

test("a slot that the config no longer has is told, and one that Terraform sees is told once", () => {
  const seen = { retired: [found("chat-3"), found("cache")], server: [] };
  const { containers } = plannedChanges(TWO_SLOTS, [removed("cache")], seen);
  assert.deepEqual(
    containers.map(({ name, kind, memoryMib, cost }) => [name, kind, memoryMib, cost?.isOutage]),
    [
      ["plimsoll-local-cache", "removed", { before: 64, after: 0 }, true],
      ["plimsoll-local-chat-3", "removed", { before: 256, after: 0 }, false],
    ],
  );
});

test("people read each change with its cost, and how many are noticed", () => {
  const changes = plannedChanges(TWO_SLOTS, [replaced("chat-1"), replaced("guard")], NOTHING_SEEN);
  const lines = stripVTControlCharacters(planText(TWO_SLOTS, changes)).split("\n");
  assert.equal(lines[0], "± plimsoll-local-chat-1 is replaced");
  assert.equal(lines[1], "    memory: 64 -> 96");
  assert.match(lines[2] ?? "", /^ {4}is away for about \d+ s, .*: the other slots serve$/);
  assert.deepEqual(lines.slice(-2), [
    "memory limits: +64 MiB in sum",
    "1 of these changes can be noticed",
  ]);
  const none = plannedChanges(TWO_SLOTS, [], NOTHING_SEEN);
  assert.equal(planText(TWO_SLOTS, none), "local: no changes");
});
