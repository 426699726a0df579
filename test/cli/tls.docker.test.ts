import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { execa } from "execa";
import { docker } from "../support/docker.ts";
import { freePort, type Sandbox, sandbox, TINY } from "../support/sandbox.ts";

/** One slot behind TLS, with a certificate that lies on the server. */
let box: Sandbox;
let folder: string;
let port: number;
let tlsPort: number;

const DOMAIN = "chat.example.com";

const environments = (certificate: string) => ({
  local: {
    address: "127.0.0.1",
    port,
    domain: DOMAIN,
    tls: { certificate, key: join(folder, "key.pem"), port: tlsPort },
    services: TINY,
  },
});

before(async () => {
  [port, tlsPort] = [await freePort(), await freePort()];
  folder = await mkdtemp(join(tmpdir(), "plimsoll-tls-"));
  await execa("openssl", [
    ...[
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-days",
      "2",
    ],
    ...["-subj", `/CN=${DOMAIN}`, "-addext", `subjectAltName=DNS:${DOMAIN}`],
    ...["-keyout", join(folder, "key.pem"), "-out", join(folder, "certificate.pem")],
  ]);
  box = await sandbox(environments(join(folder, "certificate.pem")));
});

after(async () => {
  await box.dispose();
  await rm(folder, { recursive: true });
});

async function get(
  path: string,
): Promise<{ status: number | undefined; text: string; transport: string | undefined }> {
  const ca = await readFile(join(folder, "certificate.pem"));
  const call = request({
    host: "127.0.0.1",
    port: tlsPort,
    servername: DOMAIN,
    path,
    ca,
    timeout: 10_000,
  });
  call.end();
  const [response] = await once(call, "response");
  const chunks = await response.setEncoding("utf8").toArray();
  return {
    status: response.statusCode,
    text: chunks.join(""),
    transport: response.headers["strict-transport-security"],
  };
}

test("a certificate that is not there is named, before a container is made", async () => {
  await box.configure(environments(join(folder, "missing.pem")));
  const { exitCode, stderr } = await box.run(["up"]);
  assert.equal(exitCode, 2);
  assert.match(
    stderr,
    /tls: .*missing\.pem must be a file on the server; put the certificate there or correct the config/,
  );
  await box.configure(environments(join(folder, "certificate.pem")));
});

test("requests come through TLS, and plain ones are sent there", async () => {
  const { exitCode, stdout, stderr } = await box.run(["up"]);
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, new RegExp(`^https://${DOMAIN}:${tlsPort}/$`, "m"));
  assert.deepEqual(await get("/x"), {
    status: 200,
    text: "chat-1 /x\n",
    transport: "max-age=63072000",
  });
  const plain = await fetch(`http://127.0.0.1:${port}/x?y=1`, { redirect: "manual" });
  assert.equal(plain.status, 308);
  assert.equal(plain.headers.get("location"), `https://${DOMAIN}:${tlsPort}/x?y=1`);
});

test("the key can be read by nginx alone", async () => {
  const key = await docker("exec", `${box.project}-local-nginx`, "cat", "/run/secrets/key.pem");
  assert.match(key, /BEGIN PRIVATE KEY/);
  await assert.rejects(
    docker("exec", "--user=1000", `${box.project}-local-nginx`, "cat", "/run/secrets/key.pem"),
    /Permission denied/,
  );
  for (const [place, text] of await box.stateFiles())
    assert.doesNotMatch(text, /PRIVATE KEY/, place);
});
