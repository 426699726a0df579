import assert from "node:assert/strict";
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { createServer } from "node:tls";
import { execa } from "execa";
import { batchProgram } from "../../../stacks/batch-program.ts";
import { type CertificateOptions, writeCertificate } from "../../support/certificates.ts";

/** nginx's volume, and the server's folder that a renewal writes to. */
let volume: string;
let live: string;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-pair-"));
  [volume, live] = [join(folder, "volume"), join(folder, "live")];
  await mkdir(volume);
  await mkdir(live);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs the program as the job's container does; whoever is not root gives files to nobody. */
async function run(...args: readonly string[]) {
  const program = batchProgram(["pair", "certificate"]);
  const owner = process.getuid?.() === 0 ? "" : "chown() { :; }\n";
  return execa("sh", ["-c", `${owner}${program}`, "sh", ...args], { reject: false });
}

const uid = String(process.getuid?.());
const take = () => run("take", volume, uid, join(live, "certificate.pem"), join(live, "key.pem"));
const served = (name: string) => readFile(join(volume, name), "utf8");
const renewed = (options: CertificateOptions = {}) => writeCertificate(live, options);
const pairs = async () => (await readdir(volume)).filter((name) => name.startsWith("pair-")).sort();

async function refused(expected: RegExp): Promise<void> {
  const { exitCode, stdout, stderr } = await take();
  assert.match(stderr, expected);
  assert.deepEqual([exitCode, stdout], [3, ""]);
}

test("a renewed pair is taken whole, told as new once, and readable by nginx's user alone", async () => {
  await renewed();
  const first = await take();
  assert.deepEqual([first.exitCode, first.stdout], [0, "new"], first.stderr);
  for (const name of ["certificate.pem", "key.pem"]) {
    assert.equal(await served(name), await readFile(join(live, name), "utf8"));
    assert.equal((await lstat(join(volume, "pair", name))).mode & 0o777, 0o400);
  }
  const [pair = ""] = await pairs();
  assert.equal(await readlink(join(volume, "pair")), pair);
  assert.equal((await lstat(join(volume, pair))).mode & 0o777, 0o500);
  const again = await take();
  assert.deepEqual([again.exitCode, again.stdout], [0, ""]);
});

test("files that an older deploy left are replaced by links", async () => {
  await renewed();
  for (const name of ["certificate.pem", "key.pem"]) await writeFile(join(volume, name), "old");
  await take();
  assert.equal(await readlink(join(volume, "key.pem")), "pair/key.pem");
  assert.equal(await served("key.pem"), await readFile(join(live, "key.pem"), "utf8"));
});

test("the pair before comes back whole where nginx refuses the new one", async () => {
  await renewed();
  await take();
  await run("settle", volume, "14");
  const before = [await served("certificate.pem"), await served("key.pem")];
  await renewed();
  assert.equal((await take()).stdout, "new");
  assert.equal((await pairs()).length, 2);
  const back = await run("give-back", volume);
  assert.equal(back.stdout, "the one before is back", back.stderr);
  assert.deepEqual([await served("certificate.pem"), await served("key.pem")], before);
  assert.equal((await pairs()).length, 1);
});

test("a run that was killed before nginx was asked is taken up by the next one", async () => {
  await renewed();
  await take();
  await run("settle", volume, "14");
  const before = await served("certificate.pem");
  await renewed();
  await take();
  // The job ended here; the source has not changed since.
  assert.equal((await take()).stdout, "new");
  await renewed();
  assert.equal((await take()).stdout, "new");
  await run("give-back", volume);
  assert.equal(await served("certificate.pem"), before);
});

test("without one before it, there is none to give back", async () => {
  await renewed();
  await take();
  assert.equal((await run("give-back", volume)).stdout, "there is none before it");
});

test("what is left of a killed run does not stand in the way", async () => {
  await renewed();
  await take();
  const [pair = ""] = await pairs();
  await rm(join(volume, pair), { recursive: true });
  await mkdir(join(volume, `${pair}.new`));
  await symlink("nowhere", join(volume, "pair.new"));
  assert.equal((await take()).exitCode, 0);
  await run("settle", volume, "14");
  assert.deepEqual(await pairs(), [pair]);
});

test("a pair that nginx could not use is refused by name, and the volume stays as it is", async () => {
  await refused(
    /^tls\.certificate: must be a file on the server, got none at .*live\/certificate\.pem; look what renews it, or correct the config$/,
  );
  await renewed();
  await take();
  const before = await served("key.pem");
  await writeFile(join(live, "certificate.pem"), "nothing");
  await refused(
    /^tls\.certificate: must be a certificate in PEM, got something else in .*certificate\.pem; look what renews it$/,
  );
  await renewed();
  const other = await mkdtemp(join(folder, "other-"));
  await writeCertificate(other);
  await writeFile(join(live, "key.pem"), await readFile(join(other, "key.pem")));
  await refused(
    /^tls\.key: must be the key of the certificate, got one of another in .*key\.pem; renew both together$/,
  );
  await execa("openssl", [
    "ec",
    "-aes128",
    "-passout",
    "pass:secret",
    "-in",
    join(other, "key.pem"),
    "-out",
    join(live, "key.pem"),
  ]);
  await refused(
    /^tls\.key: must be a private key in PEM without a password, got something else in .*key\.pem; look what renews it$/,
  );
  await renewed({ from: -10, days: -1 });
  await refused(
    /^tls\.certificate: must be good now, got one that ended .* GMT in .*certificate\.pem; renew it there$/,
  );
  await renewed({ from: 2, days: 60 });
  await refused(
    /^tls\.certificate: must be good now, got one from .* GMT on in .*certificate\.pem; look at the server's clock$/,
  );
  assert.equal(await served("key.pem"), before);
});

test("an image without openssl says so", async () => {
  await renewed();
  const bin = join(folder, "bin");
  await mkdir(bin);
  const program = batchProgram(["pair", "certificate"]);
  const shell = (await execa("sh", ["-c", "command -v sh"])).stdout;
  const args = ["take", volume, uid, join(live, "certificate.pem"), join(live, "key.pem")];
  const bare = await execa(shell, ["-c", program, "sh", ...args], {
    ...{ reject: false, env: { PATH: bin }, extendEnv: false },
  });
  assert.equal(bare.exitCode, 3);
  assert.match(
    bare.stderr,
    /^tls\.certificate: nginx's image must have openssl, got one without; \.\/plimsoll up/,
  );
});

test("one that ends within the days that somebody is to be told in is taken, and then fails", async () => {
  await renewed({ days: 13 });
  assert.equal((await take()).stdout, "new");
  const soon = await run("settle", volume, "14");
  assert.equal(soon.exitCode, 3);
  assert.match(
    soon.stderr,
    /^tls\.certificate: must be good for 14 days more, got one that ends .* GMT; look why it was not renewed$/,
  );
  assert.equal((await run("settle", volume, "12")).exitCode, 0);
});

test("what a port serves is compared with the volume, and waited for", async (t) => {
  await renewed();
  await take();
  const context = async () => ({
    cert: await readFile(join(live, "certificate.pem")),
    key: await readFile(join(live, "key.pem")),
  });
  const server = createServer(await context(), (socket) => socket.end());
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const port = String((server.address() as AddressInfo).port);
  assert.equal((await run("serves", volume, port, "0")).exitCode, 0);
  await renewed();
  await take();
  assert.equal((await run("serves", volume, port, "0")).exitCode, 1);
  const waiting = run("serves", volume, port, "20");
  server.setSecureContext(await context());
  assert.equal((await waiting).exitCode, 0);
});
