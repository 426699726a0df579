import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { planOf } from "../config/environment.ts";
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

test("every command and folder that the README links to is there", async () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, file]) => String(file));
  assert.ok(links.length >= 5);
  await Promise.all(links.map((file) => access(join(ROOT, file))));
});
