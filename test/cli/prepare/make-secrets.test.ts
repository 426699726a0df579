import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { batchProgram } from "../../../stacks/batch-program.ts";
import { ROOT } from "../../support/environments.ts";

test("a deploy puts nginx's pair where the server's job puts it, and only the newest stays", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-secrets-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "secrets/nginx"), { recursive: true });
  await mkdir(join(folder, "host/etc"), { recursive: true });
  const own = await readFile(join(ROOT, "cli/prepare/make-secrets.sh"), "utf8");
  const program = `chown() { :; }\n${batchProgram(["pair"])}\n${own}`
    .replaceAll("/secrets/", `${folder}/secrets/`)
    .replaceAll("/host$", `${folder}/host$`);
  const order = ["pair", "nginx", "certificate.pem", "101", "/etc/cert.pem", "/etc/key.pem"];
  const run = () => execa("sh", ["-c", program, "sh", ...order], { reject: false });

  const missing = await run();
  assert.equal(missing.exitCode, 3);
  assert.equal(
    missing.stderr,
    "tls: /etc/cert.pem must be a file on the server; put the certificate there or correct the config",
  );
  const volume = join(folder, "secrets/nginx");
  for (const text of ["one", "two"]) {
    await writeFile(join(folder, "host/etc/cert.pem"), `certificate ${text}`);
    await writeFile(join(folder, "host/etc/key.pem"), `key ${text}`);
    const { exitCode, stderr } = await run();
    assert.equal(exitCode, 0, stderr);
    assert.equal(await readFile(join(volume, "certificate.pem"), "utf8"), `certificate ${text}`);
    assert.equal(await readFile(join(volume, "key.pem"), "utf8"), `key ${text}`);
  }
  const names = (await readdir(volume)).sort();
  const pair = await readlink(join(volume, "pair"));
  assert.deepEqual(names, ["certificate.pem", "key.pem", "pair", pair]);
});
