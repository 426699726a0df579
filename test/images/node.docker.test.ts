import assert from "node:assert/strict";
import { test } from "node:test";
import { testImages } from "../support/images.ts";
import { docker, folderWith, startContainer } from "./container.ts";

const TIMEOUT_MS = 300_000;

test("node is the 24 LTS, runs scripts and options, and has bash", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const { node } = await testImages();
  const scripts = await folderWith(t, {
    "app.mjs": "console.log(process.getuid(), process.argv[2])",
  });
  const runs = async (...command: string[]) => {
    const mount = `--volume=${scripts}/app.mjs:/app/app.mjs:ro`;
    const container = await startContainer(
      t,
      ["--user=1000:1000", "--workdir=/app", mount],
      [node, ...command],
    );
    assert.equal(await docker("wait", container.id), "0");
    return (await container.logs()).trim();
  };
  assert.match(await runs("--version"), /^v24\./);
  assert.equal(await runs("app.mjs", "argument"), "1000 argument");
  assert.equal(await runs("node", "--eval", "console.log(os.userInfo().username)"), "node");
  assert.equal(await runs("bash", "-c", "echo $0"), "bash");
});
