import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const CLIENT = fileURLToPath(new URL("../../../guard/client", import.meta.url));
const TSC = fileURLToPath(new URL("../../../node_modules/.bin/tsc", import.meta.url));

test("an app outside this repository installs it as its README says", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-app-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const manifest = { name: "theirs", private: true, type: "module" };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  execFileSync("npm", ["pack", CLIENT, "--pack-destination", folder], { stdio: "ignore" });
  const install = ["install", "./plimsoll-client-0.1.0.tgz", "--offline", "--no-audit"];
  execFileSync("npm", install, { cwd: folder, stdio: "ignore" });
  const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  assert.deepEqual(dependencies, { "plimsoll-client": "file:plimsoll-client-0.1.0.tgz" });
  const program = `
    import { jsonSize } from "plimsoll-client/json-size";
    console.log(jsonSize([1, "a"]).bytes);`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
    cwd: folder,
  });
  assert.equal(output.toString(), "7\n");
});

test("what is built runs in Node alone, and needs nothing else", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-client-"));
  t.after(() => rmSync(folder, { recursive: true }));
  execFileSync(TSC, ["-p", CLIENT, "--outDir", folder]);
  const program = `
    import { MemoryLeases } from "${folder}/memory-leases.js";
    import { degradation } from "${folder}/degradation.js";
    import { jsonSize } from "${folder}/json-size.js";
    import { limitFromEnvironment } from "${folder}/share.js";
    const lease = await new MemoryLeases({}).acquire({ bytes: 1 });
    lease.release();
    const limit = limitFromEnvironment("LLM_CONCURRENT_LIMIT", { count: 2, index: 0 }, {});
    console.log(jsonSize([1, "a"]).bytes, limit, typeof degradation);`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
    cwd: folder,
  });
  assert.equal(output.toString(), "7 10 function\n");
});
