import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fetchKeyring } from "./keyring.ts";

/** Of the text "keys". */
const SHA256 = "48a53f0774c8ceff574a1fdcb0d470dbd382b3db273cff4344b6d39d5379c923";

test("a package of keys that is not the recipe's is refused with both sums, and not unpacked", async (t) => {
  const server = createServer((_, response) => response.end("keys")).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-keys-"));
  t.after(() => rm(folder, { recursive: true }));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys.deb`;
  const keys = join(folder, "keys");
  await assert.rejects(fetchKeyring(keys, { url, sha256: "0".repeat(64), file: "keys.gpg" }), {
    name: "OperatorError",
    message: `virtual server: ${url} must have the SHA-256 ${"0".repeat(64)}, got ${SHA256}; look what stands between this machine and the archive`,
  });
  assert.equal(existsSync(keys), false);
});
