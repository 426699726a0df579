import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { planOf } from "../../config/environment.ts";
import { certificateScript } from "../../stacks/certificate-job.ts";
import { type CertificateOptions, writeCertificate } from "../support/certificates.ts";
import { localWith } from "../support/environments.ts";
import { jobProgram } from "../support/job-program.ts";

const HEAD = { name: "certificate", what: "a thing", key: "host.jobs.certificate" };
const LIVE = "/etc/live it's";
const CERTIFICATE = "secrets/nginx/certificate.pem";

function script(alerts = {}): string {
  const tls = { certificate: `${LIVE}/certificate.pem`, key: `${LIVE}/key.pem` };
  const environment = localWith({ tls, alerts });
  const plan = planOf(environment);
  return certificateScript({ environment, plan, cgroupDriver: "systemd" }, HEAD, tls as never);
}

/** nginx serves what it read at its last reload, but for the files `deaf` and `refuses`. */
const NGINX = `engine() {
  case $* in
    *" -t -q") if [ -e "$HERE/refuses" ]; then echo "nginx: [emerg] ee key too small" >&2; exit 1; fi ;;
    *"-s reload") [ -e "$HERE/deaf" ] || cp "$HERE/${CERTIFICATE}" "$HERE/served" ;;
  esac
}
container() {
  program=$1
  shift
  if [ "$1" = serves ]; then cmp -s "$HERE/${CERTIFICATE}" "$HERE/served" 2>/dev/null || exit 1; exit 0; fi
  [ "$(id -u)" = 0 ] || program="chown() { :; }
$program"
  sh -c "$program" sh "$@"
}
`;

async function place(t: TestContext, alerts = {}) {
  const { folder, run } = await jobProgram(t, script(alerts), NGINX);
  const live = join(folder, "host", LIVE);
  await mkdir(live, { recursive: true });
  await mkdir(join(folder, "secrets/nginx"), { recursive: true });
  const renew = (options: CertificateOptions = {}) => writeCertificate(live, options);
  const text = (path: string) => readFile(join(folder, path), "utf8");
  return { folder, run, renew, text, live };
}

const asked = (calls: readonly string[]) =>
  calls.filter((call) => call.startsWith("exec")).map((call) => call.replace(/.*nginx\.conf /, ""));

test("a renewed certificate is tried, read, and left alone until the next one", async (t) => {
  const { run, renew, text, live } = await place(t);
  await renew();
  const first = await run();
  assert.equal(first.exitCode, 0, first.stderr);
  assert.equal(first.stdout, "nginx serves the certificate that was renewed");
  assert.deepEqual(asked(first.calls), ["-t -q", "-s reload"]);
  assert.equal(await text("served"), await readFile(join(live, "certificate.pem"), "utf8"));
  assert.match(first.note, / 0$/);
  const second = await run();
  assert.deepEqual([second.exitCode, second.stdout, asked(second.calls)], [0, "", []]);
});

test("one that a deploy has put there is read too", async (t) => {
  const { folder, run, renew } = await place(t);
  await renew();
  await run();
  await writeFile(join(folder, "served"), "the one before");
  assert.deepEqual(asked((await run()).calls), ["-t -q", "-s reload"]);
});

test("where nginx refuses it, the pair before is back, nothing is reloaded, and the job fails", async (t) => {
  const { folder, run, renew, text } = await place(t);
  await renew();
  await run();
  const [certificate, key] = [await text(CERTIFICATE), await text("secrets/nginx/key.pem")];
  await renew();
  await writeFile(join(folder, "refuses"), "");
  const refused = await run();
  assert.equal(refused.exitCode, 3);
  assert.equal(
    refused.stderr,
    "tls.certificate: nginx must accept it, got nginx: [emerg] ee key too small: the one before is back; renew it in a form that nginx takes",
  );
  assert.deepEqual(asked(refused.calls), ["-t -q"]);
  assert.equal(await text(CERTIFICATE), certificate);
  assert.equal(await text("secrets/nginx/key.pem"), key);
  assert.match(refused.note, / 3$/);
});

test("one that ends soon is served, and fails the job", async (t) => {
  const { run, renew, text } = await place(t);
  await renew({ days: 13 });
  const soon = await run();
  assert.equal(soon.exitCode, 3);
  assert.match(soon.stderr, /^tls\.certificate: must be good for 14 days more, got one that ends/);
  assert.equal(await text("served"), await text(CERTIFICATE));
  const later = await place(t, { certificateDays: 7 });
  await later.renew({ days: 13 });
  assert.equal((await later.run()).exitCode, 0);
});

test("a missing one is told by its place on the server", async (t) => {
  const { run } = await place(t);
  const { exitCode, stderr } = await run();
  assert.equal(exitCode, 3);
  assert.match(stderr, /got none at .*\/etc\/live it's\/certificate\.pem; look what renews it/);
});

test("an nginx that has stopped is not given one", async (t) => {
  const stopped = `if [ "$1 $3" = "inspect --format={{.State.Running}}" ]; then echo false; exit; fi`;
  const { run } = await jobProgram(t, script(), `${NGINX}${stopped}`);
  const { exitCode, stderr } = await run();
  assert.equal(exitCode, 3);
  assert.match(stderr, /^plimsoll-local-nginx must run, got a container that does not; bring/);
});

test("a reload that changes nothing of what is served fails the job", async (t) => {
  const { folder, run, renew } = await place(t);
  await renew();
  await run();
  await renew();
  await writeFile(join(folder, "deaf"), "");
  const { exitCode, stderr } = await run();
  assert.equal(exitCode, 3);
  assert.equal(
    stderr,
    "tls.certificate: nginx must serve it after a reload, got another one; docker logs plimsoll-local-nginx tells why",
  );
});
