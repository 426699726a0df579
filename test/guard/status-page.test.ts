import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import test from "node:test";
import { backendAt, get, guardFor, LIMIT } from "./support.ts";

const PAGE = readFileSync(new URL("../../guard/status.html", import.meta.url), "utf8");

test("is one file below 20 KB that asks for nothing from elsewhere", () => {
  assert.ok(Buffer.byteLength(PAGE) < 20_000);
  assert.doesNotMatch(PAGE, /https?:\/\/(?!www\.w3\.org\/2000\/svg)|src=|@import|style="|onclick/);
});

test("runs its own script and style only, and may not be framed", LIMIT, async (t) => {
  const guard = await guardFor(t, [backendAt(1)]);
  const { status, headers, body } = await get(guard.adminPort, "/status");
  assert.deepEqual([status, body], [200, PAGE]);
  const digestOf = (element: string) => {
    const [, text = ""] = new RegExp(`<${element}>([^]*?)</${element}>`).exec(PAGE) ?? [];
    return createHash("sha256").update(text).digest("base64");
  };
  assert.equal(
    headers["content-security-policy"],
    "default-src 'none'; connect-src 'self'; img-src data:; " +
      `script-src 'sha256-${digestOf("script")}'; style-src 'sha256-${digestOf("style")}'; ` +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  assert.equal(headers["x-content-type-options"], "nosniff");
});

test("status.json has all that the page reads", LIMIT, async (t) => {
  const guard = await guardFor(t, [backendAt(1)]);
  const { headers, body } = await get(guard.adminPort, "/status.json");
  assert.equal(headers["content-type"], "application/json");
  const status = JSON.parse(body);
  assert.deepEqual(status.edges, [60, 70, 80, 85]);
  assert.deepEqual(status.totals, { requests: 0, rejected: 0 });
  assert.deepEqual(status.leases, { count: 0, bytes: 0 });
  assert.deepEqual([status.enabled, status.draining, status.backends[0].name], [true, false, "a"]);
});
