import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect } from "node:tls";
import { execa } from "execa";
import { liveNotes } from "../../cli/jobs/live.ts";
import { openTarget } from "../../cli/target.ts";
import type { Reading } from "../../cli/verify/reading.ts";
import { readConfig } from "../../config/config.ts";
import { planOf } from "../../config/environment.ts";
import type { CgroupDriver } from "../../core/cgroup.ts";
import { config } from "../../plimsoll.config.ts";
import { certificateScript } from "../../stacks/certificate-job.ts";
import { eventually } from "../images/container.ts";
import { writeCertificate } from "../support/certificates.ts";
import { docker } from "../support/docker.ts";
import { ROOT } from "../support/environments.ts";
import { freePort } from "../support/free-ports.ts";
import { type Sandbox, sandbox, TINY } from "../support/sandbox.ts";

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
  await writeCertificate(folder, { domain: DOMAIN });
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

/** What nginx shows who comes in now, and what lies in the folder of the renewal. */
async function shown(): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port: tlsPort, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

async function renewed(): Promise<string> {
  return new X509Certificate(await readFile(join(folder, "certificate.pem"))).fingerprint256;
}

/** As the server's timer would start it, on this machine's engine. */
async function place() {
  const { base } = config;
  const input = {
    project: box.project,
    base,
    environments: environments(join(folder, "certificate.pem")),
  };
  const [environment] = readConfig(input, ROOT);
  assert.ok(environment?.tls);
  const cgroupDriver = (await docker("info", "--format={{.CgroupDriver}}")) as CgroupDriver;
  return { environment, tls: environment.tls, plan: planOf(environment), cgroupDriver };
}

async function runJob() {
  const { tls, ...own } = await place();
  const head = { name: "certificate", what: "renewal", key: "host.jobs.certificate" };
  return execa("sh", ["-c", certificateScript(own, head, tls)], { reject: false });
}

test("the server's job lets nginx serve a renewed certificate, without a restart", async () => {
  const name = `${box.project}-local-nginx`;
  const started = await docker("inspect", "--format={{.State.StartedAt}}", name);
  const before = await shown();
  await writeCertificate(folder, { domain: DOMAIN });
  assert.notEqual(await renewed(), before);
  const { exitCode, stdout, stderr } = await runJob();
  assert.equal(exitCode, 0, stderr);
  assert.equal(stdout, "nginx serves the certificate that was renewed");
  assert.equal(await shown(), await renewed());
  assert.equal((await get("/x")).status, 200);
  assert.equal(await docker("inspect", "--format={{.State.StartedAt}}", name), started);
  const again = await runJob();
  assert.deepEqual([again.exitCode, again.stdout], [0, ""], again.stderr);
});

test("one that nginx does not take is not served, and the one before is there for its next start", async () => {
  const before = await shown();
  await writeCertificate(folder, { domain: DOMAIN, key: "rsa:1024" });
  const { exitCode, stderr } = await runJob();
  assert.equal(exitCode, 3, stderr);
  assert.match(
    stderr,
    /tls\.certificate: nginx must accept it, got .*key too small[\s\S]*the one before is back/,
  );
  assert.equal(await shown(), before);
  await docker("restart", `${box.project}-local-nginx`);
  await eventually(
    async () => (await shown().catch(() => undefined)) === before || undefined,
    30_000,
  );
});

test("one that ends soon is served, and the job's note tells that it failed", async () => {
  await writeCertificate(folder, { domain: DOMAIN, days: 10 });
  const { exitCode, stderr } = await runJob();
  assert.equal(exitCode, 3);
  assert.match(stderr, /must be good for 14 days more/);
  assert.equal(await shown(), await renewed());
  const [note] = (await liveNotes(await place(), openTarget("local"), ["certificate"])) ?? [];
  assert.equal(note?.lastRun?.exitCode, 3);
  assert.ok(note.passedAt && note.passedAt <= note.lastRun.startedAt);
});

test("verify tells how long the certificate is still good for", async () => {
  const { exitCode, stdout } = await box.run(["verify", "local", "--json"]);
  const readings = JSON.parse(stdout) as Reading[];
  const found = readings.find(({ setting }) => setting === "certificate");
  assert.equal(exitCode, 1);
  assert.deepEqual([found?.declared, found?.live], ["at least 14 days left", "9 days left"]);
});
