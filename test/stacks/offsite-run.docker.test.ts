import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { copiesIn } from "../../cli/backup/backups.ts";
import { atEnd, docker, eventually } from "../images/container.ts";
import { offsiteImages, type Ran, type Server, serverWith } from "../support/offsite.ts";

const TIMEOUT_MS = 600_000;
const KEY = "the key of the copies";

function ok({ exitCode, stdout, stderr }: Ran): string {
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

function assertRefused({ exitCode, stderr }: Ran, said: RegExp): void {
  assert.deepEqual([exitCode, said.test(stderr)], [3, true], stderr);
}

/** A folder of this machine's for a repository, which the user of the copies may write. */
async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-offsite-"));
  atEnd(t, () => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "repository"));
  return join(folder, "repository");
}

const own = (server: Server) => server.shell("chown 999:999 /repository");
const names = async (server: Server) =>
  copiesIn(ok(await server.run("copies"))).map(({ name }) => name);
const entries = (server: Server) => server.shell("ls -A /repository | wc -l");

test("the newest backup is copied, old copies of this environment alone are forgotten, and another server gets it back", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const folder = await folderFor(t);
  const keep = { daily: 2, weekly: 0, monthly: 0 };
  const server = await serverWith(t, folder, { keep });
  await own(server);
  const other = await serverWith(t, folder, { keep });
  await other.backUp("20261101T031500Z");
  ok(await other.copy());
  for (const day of ["24", "25", "26"]) {
    await server.backUp(`202611${day}T031500Z`);
    assert.equal(ok(await server.copy()), `202611${day}T031500Z`);
  }
  assert.deepEqual(await names(server), ["20261125T031500Z", "20261126T031500Z"]);
  assert.deepEqual(await names(other), ["20261101T031500Z"]);
  const [, size] = copiesIn(ok(await server.run("copies")));
  assert.ok(size && size.sizeBytes > 300_000);
  assert.equal(ok(await server.run("recheck")), "20261126T031500Z");

  const sums = await server.shell("cat /backups/20261126T031500Z/SHA256SUMS");
  await server.shell("rm -r /backups/*");
  assert.equal(ok(await server.run("fetch", ["latest"])), "20261126T031500Z");
  assert.equal(ok(await server.run("fetch", ["20261125T031500Z"])), "20261125T031500Z");
  assert.equal(
    await server.shell(
      "cd /backups/20261126T031500Z && sha256sum -c --quiet SHA256SUMS && cat SHA256SUMS",
    ),
    sums,
  );
  assert.equal(
    await server.shell(
      "cd /backups && stat -c '%a %u' 20261126T031500Z 20261126T031500Z/chat.dump | tr '\\n' ' '; ls *.partial 2>/dev/null || :",
    ),
    "700 999 600 999 ",
  );
  assertRefused(
    await server.run("fetch", ["20261124T031500Z"]),
    /must have the backup 20261124T031500Z of \S+, got no such copy/,
  );
});

test("a repository is made once: never over one that is gone, and never where none answers", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const server = await serverWith(t, await folderFor(t));
  await server.backUp("20261124T031500Z");
  assertRefused(await server.copy(), /must be made, got .*permission denied/);
  assert.equal(await entries(server), "0");
  await own(server);
  ok(await server.copy());
  // Its disk is not mounted.
  await server.shell("mkdir /repository/.away && mv /repository/* /repository/.away/");
  assertRefused(await server.copy(), /must be there, since it was copied to before, got none/);
  assert.equal(await entries(server), "1");
  assert.match(await server.shell("cat /backups/offsite.run"), / 3$/);
  assert.equal(await server.shell("ls /backups/20261124T031500Z | wc -l"), "3");
  await server.shell("mv /repository/.away/* /repository/ && rmdir /repository/.away");
  ok(await server.copy());
  await server.give("repository-password", "of another server");
  assertRefused(await server.copy(), /must open with its password, got another one/);
});

test("a copy that is damaged is found by the check, and a backup that is damaged is not copied", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const server = await serverWith(t, await folderFor(t));
  await own(server);
  assertRefused(await server.run("recheck"), /must be there, got none/);
  await server.backUp("20261124T031500Z");
  ok(await server.copy());
  await server.shell(
    "find /repository/data -type f -size +100k -exec dd if=/dev/zero of={} bs=1 seek=5000 count=64 conv=notrunc \\; 2>/dev/null",
  );
  assert.equal((await server.run("recheck")).exitCode, 3);
  assert.match(await server.shell("cat /backups/offsite-check.run"), / 3$/);
  await server.shell("printf x >>/backups/20261124T031500Z/chat.dump");
  assertRefused(
    await server.copy(),
    /backup 20261124T031500Z: must be as it was written, got files that do not match/,
  );
});

/** A program of the servers' image on Docker's bridge; where it is. */
async function remote(t: TestContext, options: readonly string[], command: readonly string[]) {
  const { server } = await offsiteImages();
  const id = await docker(
    "run",
    "--detach",
    "--label=plimsoll.test=offsite",
    ...options,
    server,
    ...command,
  );
  atEnd(t, () => docker("rm", "--force", id));
  const address = await docker("inspect", "--format={{.NetworkSettings.IPAddress}}", id);
  return { id, address };
}

test("a REST server is let in by a password with any sign in it, which nobody is told", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const password = "p@ss/w:rd %é";
  const users = `ann:{SHA}${createHash("sha1").update(password).digest("base64")}`;
  const program =
    'echo "$1" >/tmp/users; exec restic-rest-server --listen :8000 --path /tmp/data --htpasswd-file /tmp/users';
  const { id, address } = await remote(t, [], ["sh", "-c", program, "sh", users]);
  const server = await serverWith(t, `rest:http://ann@${address}:8000/plimsoll/`);
  await server.backUp("20261124T031500Z");
  await server.give("rest-password", "wr0ng");
  const wrong = await server.copy();
  assertRefused(wrong, /must answer, got .*401/);
  assert.ok(!wrong.stderr.includes("wr0ng"), wrong.stderr);
  await server.give("rest-password", `${password}\n`);
  assert.equal(ok(await server.copy()), "20261124T031500Z");
  assert.equal(ok(await server.run("recheck")), "20261124T031500Z");
  await docker("stop", "--time=1", id);
  const gone = await server.copy();
  assertRefused(gone, /must answer, got /);
  assert.ok(!gone.stderr.includes("p%40") && !gone.stderr.includes("%70"), gone.stderr);
});

test("an ssh server is let in by a key, where it is the one that is known", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const program = `mkdir -p /home/ann/.ssh && ssh-keygen -q -t ed25519 -N '' -f /key
cp /key.pub /home/ann/.ssh/authorized_keys && chown -R ann /home/ann && exec /usr/sbin/sshd -D -e`;
  const { id, address } = await remote(t, [], ["sh", "-c", program]);
  const hostKey = await docker(
    "exec",
    id,
    "cut",
    "-d ",
    "-f1,2",
    "/etc/ssh/ssh_host_ed25519_key.pub",
  );
  const key = await eventually(
    () => docker("exec", id, "cat", "/key").catch(() => undefined),
    30_000,
  );
  const server = await serverWith(t, `sftp:ann@${address}:/srv/restic`);
  await server.backUp("20261124T031500Z");
  await server.give("ssh-key", `${key}\n`);
  await server.give("ssh-known-hosts", `elsewhere.example.com ${hostKey}\n`);
  assertRefused(await server.copy(), /must answer/);
  await server.give("ssh-known-hosts", `${address} ${hostKey}\n`);
  assert.equal(ok(await server.copy()), "20261124T031500Z");
  assert.equal(ok(await server.run("recheck")), "20261124T031500Z");
});

test("an S3 request is signed with the key, and only a bucket without a repository is taken for empty", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const asked: string[] = [];
  let status = 403;
  let hasBucket = true;
  const http = createServer((request, response) => {
    asked.push(request.headers.authorization ?? "");
    const isPlace = hasBucket && request.url?.includes("?location");
    response.writeHead(isPlace ? 200 : status, { "content-type": "application/xml" });
    response.end(isPlace ? "<LocationConstraint></LocationConstraint>" : "");
  });
  await new Promise<void>((resolve) => http.listen(0, "0.0.0.0", resolve));
  atEnd(t, async () => void http.close());
  const gateway = await docker(
    "network",
    "inspect",
    "bridge",
    "--format={{(index .IPAM.Config 0).Gateway}}",
  );
  const { port } = http.address() as AddressInfo;
  const server = await serverWith(t, `s3:http://${gateway}:${port}/bucket`);
  await server.give("access-key-id", "AKIATEST\n");
  await server.give("secret-access-key", "s3cr3t\n");
  const denied = await server.run("copies");
  assertRefused(denied, /must answer, got .*Access Denied/i);
  assert.ok(!denied.stderr.includes("s3cr3t"), denied.stderr);
  assert.match(asked[0] ?? "", /^AWS4-HMAC-SHA256 Credential=AKIATEST\//);
  status = 404;
  hasBucket = false;
  assertRefused(await server.run("copies"), /must answer, got .*bucket does not exist/);
  hasBucket = true;
  assertRefused(await server.run("copies"), /must be there, got none/);
});

test("what is started tells no secret to whoever lists containers", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const server = await serverWith(t, await folderFor(t));
  await own(server);
  await server.backUp("20261124T031500Z");
  const name = `${server.project}-local-postgres-backup`;
  const copying = server.copy();
  const seen = await eventually(() => docker("inspect", name).catch(() => undefined), 60_000);
  ok(await copying);
  assert.ok(!seen.includes(KEY));
  const [{ HostConfig: host, Config: of }] = JSON.parse(seen);
  assert.deepEqual([host.ReadonlyRootfs, host.CapDrop, of.User], [true, ["ALL"], "999:999"]);
});
