import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { costOf } from "../cli/plan/cost.ts";
import { planOf } from "../config/environment.ts";
import { containerName } from "../core/names.ts";
import { localWith, problemsOf, ROOT } from "./support/environments.ts";

let readme: string;

before(async () => {
  readme = await readFile(join(ROOT, "README.md"), "utf8");
});

/** The README shows the text as it is, in a block of its own or within one. */
function assertShown(text: string): void {
  assert.ok(readme.includes(text.trim()), `the README does not show:\n${text}`);
}

test("the README shows the config that is shipped", async () => {
  assertShown(await readFile(join(ROOT, "plimsoll.config.ts"), "utf8"));
});

test("the README shows the refusal of a third slot", () => {
  const chat = { slots: 3, limit: "300MiB" };
  const refusal = problemsOf(() => planOf(localWith({ services: { chat } })));
  assertShown(refusal.map((line) => `✗ ${line}`).join("\n"));
});

test("the README shows a plan in the words of the program", () => {
  const environment = localWith({});
  const name = containerName(environment, "postgres");
  const memoryMib = { before: 320, after: 320 };
  const change = {
    name,
    kind: "replaced",
    differences: [],
    memoryMib,
    stopGraceMs: 60_000,
  } as const;
  const same = { created: new Set<string>(), replaced: new Set([name]) };
  assertShown(costOf(environment, change, same)?.words ?? "no words");
});

test("every command and folder that the README links to is there", async () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, file]) => String(file));
  assert.ok(links.length >= 5);
  await Promise.all(links.map((file) => access(join(ROOT, file))));
});
