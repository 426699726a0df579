import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { strToU8, zipSync } from "fflate";
import { Machine } from "./support/machine.ts";

const PLATFORM = `${process.platform}_${process.arch === "x64" ? "amd64" : "arm64"}`;
const ZIP = `/terraform/1.11.4/terraform_1.11.4_${PLATFORM}.zip`;
const SUMS = "/terraform/1.11.4/terraform_1.11.4_SHA256SUMS";
const PROGRAM = `#!/bin/sh\necho '{ "terraform_version": "1.11.4" }'\n`;
const zip = Buffer.from(zipSync({ "LICENSE.txt": strToU8("x"), terraform: strToU8(PROGRAM) }));
const sha256 = createHash("sha256").update(zip).digest("hex");
const sums = `${"0".repeat(64)}  terraform_1.11.4_plan9_amd64.zip\n${sha256}  ${ZIP.split("/").at(-1)}\n`;

const version = (number: string) => `echo '{ "terraform_version": "${number}" }'`;

async function site(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A mirror with the release; `serve` answers a path itself by returning true. */
function mirror(serve: (...request: Parameters<RequestListener>) => boolean = () => false) {
  const requests: string[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(request.url ?? "");
    if (serve(request, response)) return;
    if (request.url === SUMS) response.end(sums);
    else if (request.url === ZIP) response.end(zip);
    else response.writeHead(404).end();
  };
  return { requests, listener };
}

const ensure = (machine: Machine, releases: string) =>
  machine.call("terraform.ts", "ensureTerraform", {
    env: { PLIMSOLL_TERRAFORM_RELEASES: releases },
  });

const NOWHERE = "http://127.0.0.1:1";

test("takes terraform from PATH", async (t) => {
  const machine = await Machine.create(t);
  await machine.program("terraform", version("1.5.7"));
  const { stdout, stderr } = await ensure(machine, NOWHERE);
  assert.equal(stdout, '{"binary":"terraform","version":"1.5.7"}');
  assert.equal(stderr, "");
});

test("takes tofu where terraform is too old", async (t) => {
  const machine = await Machine.create(t);
  await machine.program("terraform", version("1.4.6"));
  await machine.program("tofu", version("1.9.0"));
  const { stdout } = await ensure(machine, NOWHERE);
  assert.equal(stdout, '{"binary":"tofu","version":"1.9.0"}');
});

test("obeys TERRAFORM_BINARY_NAME, and says so where it does not fit", async (t) => {
  const machine = await Machine.create(t);
  await machine.program("terraform", version("1.11.4"));
  const other = await machine.program("terraform-old", version("1.2.0"));
  const env = { TERRAFORM_BINARY_NAME: other };
  const { exitCode, stderr } = await machine.call("terraform.ts", "ensureTerraform", { env });
  assert.equal(exitCode, 2);
  assert.equal(
    stderr,
    `TERRAFORM_BINARY_NAME: must name Terraform 1.5 or newer, or OpenTofu, got ${other} (1.2.0); unset it or correct it`,
  );
});

test("downloads the release once, then takes it from the cache", async (t) => {
  const machine = await Machine.create(t);
  const { requests, listener } = mirror();
  const releases = `${await site(t, listener)}/`;
  const cached = machine.at("cache/plimsoll/terraform/1.11.4/terraform");

  const first = await ensure(machine, releases);
  assert.equal(first.stdout, JSON.stringify({ binary: cached, version: "1.11.4" }));
  assert.match(first.stderr, /terraform: none of 1\.5 or newer here, downloading 1\.11\.4/);
  assert.match(first.stderr, /100 %/);

  const second = await ensure(machine, releases);
  assert.equal(second.stdout, first.stdout);
  assert.equal(second.stderr, "");
  assert.deepEqual(requests, [SUMS, ZIP]);
});

test("two at once download it once", async (t) => {
  const machine = await Machine.create(t);
  const { requests, listener } = mirror();
  const releases = await site(t, listener);
  const both = await Promise.all([ensure(machine, releases), ensure(machine, releases)]);
  assert.deepEqual(
    both.map(({ exitCode }) => exitCode),
    [0, 0],
  );
  assert.deepEqual(requests, [SUMS, ZIP]);
});

const FIX =
  "install Terraform 1.5 or newer, or OpenTofu, or set PLIMSOLL_TERRAFORM_RELEASES to a mirror, then run this again";

interface Refusal {
  readonly serve: NonNullable<Parameters<typeof mirror>[0]>;
  readonly says: (site: string) => string;
}

const refusals: Readonly<Record<string, Refusal>> = {
  "a wrong checksum": {
    serve: ({ url }, response) => {
      if (url === ZIP) response.end("something else");
      return url === ZIP;
    },
    says: (at) =>
      `${at}${ZIP} must have the SHA-256 ${sha256}, got f41f3fa625ff120ddca7ef456bf66371ecea23c129f4e4c32367101edb516cf8: not used`,
  },
  "a release that is not there": {
    serve: (_request, response) => {
      response.writeHead(404).end();
      return true;
    },
    says: (at) => `${at}${SUMS} answers 404`,
  },
  "a download that breaks off": {
    serve: ({ url }, response) => {
      if (url !== ZIP) return false;
      response.writeHead(200, { "content-length": 1000 });
      response.write("x".repeat(10), () => response.destroy());
      return true;
    },
    says: (at) => `${at}${ZIP} broke off after 10 bytes (`,
  },
  "a sum file without our file": {
    serve: ({ url }, response) => {
      if (url === SUMS) response.end("nothing here\n");
      return url === SUMS;
    },
    says: (at) => `${at}${SUMS} has no line for ${ZIP.split("/").at(-1)}`,
  },
};

for (const [what, { serve, says }] of Object.entries(refusals)) {
  test(`refuses ${what}, leaves nothing behind, and works afterwards`, async (t) => {
    const machine = await Machine.create(t);
    const bad = await site(t, mirror(serve).listener);
    const { exitCode, stderr } = await ensure(machine, bad);
    assert.equal(exitCode, 2);
    const line = stderr.split("\n").at(-1) ?? "";
    assert.equal(line.slice(0, says(bad).length + 11), `terraform: ${says(bad)}`);
    assert.equal(line.slice(-FIX.length), FIX);
    assert.deepEqual(await readdir(machine.at("cache/plimsoll/terraform/1.11.4")), []);

    const again = await ensure(machine, await site(t, mirror().listener));
    assert.equal(again.exitCode, 0);
  });
}

test("says what to do where the site cannot be reached", async (t) => {
  const machine = await Machine.create(t);
  const { exitCode, stderr } = await ensure(machine, NOWHERE);
  assert.equal(exitCode, 2);
  assert.match(
    stderr,
    /terraform: http:\/\/127\.0\.0\.1:1\/terraform\/1\.11\.4\/\S+ cannot be reached/,
  );
  assert.match(stderr, /install Terraform 1\.5 or newer, or OpenTofu/);
  assert.equal(existsSync(machine.at("cache/plimsoll/terraform/1.11.4/terraform")), false);
});
