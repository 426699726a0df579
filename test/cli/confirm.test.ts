import assert from "node:assert/strict";
import { test } from "node:test";
import { execa } from "execa";
import { ROOT } from "../support/environments.ts";

const LIMIT = { timeout: 30_000 };
const PROGRAM = `
import { confirm } from "./cli/confirm.ts";
process.on("SIGINT", () => process.exit(130));
await confirm("up local: a change interrupts the service", "y")
  .then(() => console.log("agreed"), (error) => { console.log(error.message); process.exitCode = 2; });
`;
const ASKED = "up local: a change interrupts the service";
const COMMAND = [process.execPath, "--import", "tsx", "--input-type=module", "--eval", PROGRAM];

/** What the program says to somebody at a terminal who types `keys` when asked. */
async function typed(keys: string) {
  const quoted = COMMAND.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const run = execa("script", ["--quiet", "--return", "--command", quoted, "/dev/null"], {
    ...{ cwd: ROOT, reject: false },
  });
  let text = "";
  run.stdout.on("data", (bytes: Buffer) => {
    if (!text.includes("to go on: ") && `${text}${bytes}`.includes("to go on: "))
      run.stdin.write(keys);
    text += bytes;
  });
  const { exitCode } = await run;
  return { exitCode, text };
}

test(
  "where there is no terminal, nobody is asked, and the error says how to go on",
  LIMIT,
  async () => {
    const [file = "", ...args] = COMMAND;
    const { exitCode, stdout } = await execa(file, args, {
      cwd: ROOT,
      reject: false,
      input: "y\n",
    });
    assert.equal(exitCode, 2);
    assert.equal(stdout, `${ASKED}: must be confirmed, got no terminal to ask; add --yes`);
  },
);

test("the word alone is a yes", LIMIT, async () => {
  const { exitCode, text } = await typed("y\n");
  assert.equal(exitCode, 0, text);
  assert.match(text, /Type y to go on: [\s\S]*agreed/);
});

test("anything else is a no: an empty line, another word, the terminal's end", LIMIT, async () => {
  for (const [keys, got] of [
    ["\n", ""],
    ["no\n", "no"],
    ["\u0004", ""],
  ] as const) {
    const { exitCode, text } = await typed(keys);
    assert.equal(exitCode, 2, text);
    assert.ok(text.includes(`must be confirmed with y, got "${got}"; nothing was changed`), text);
  }
});

test("Ctrl-C ends the program, as everywhere", LIMIT, async () => {
  assert.equal((await typed("\u0003")).exitCode, 130);
});
