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
  assert.deepEqual(status.totals, { requests: 0, rejected: 0 });
  assert.deepEqual(status.leases, { count: 0, bytes: 0 });
  assert.deepEqual([status.enabled, status.draining, status.backends[0].name], [true, false, "a"]);
});

test("shows the bands where the settings in force have them", LIMIT, async (t) => {
  const thresholds = { warningPercent: 50, maxPercent: 90, criticalPercent: 95 };
  const { guard, adminPort } = await guardFor(t, [backendAt(1)], thresholds);
  const edges = async () => JSON.parse((await get(adminPort, "/status.json")).body).edges;
  assert.deepEqual(await edges(), [40, 50, 90, 95]);
  guard.configure({ ...guard.settings, maxPercent: 85 });
  assert.deepEqual(await edges(), [40, 50, 85, 95]);
});
