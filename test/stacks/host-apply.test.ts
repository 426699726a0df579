import assert from "node:assert/strict";
import { once } from "node:events";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import { bundleWith } from "../support/host.ts";

/** The bundle's program, writing into a root that no system runs in. */
let root: string;
const STATE = "/var/lib/plimsoll/host";
const SYSCTLS = "/etc/sysctl.d/90-plimsoll.conf";
const DAEMON = "/etc/docker/daemon.json";
const KILLS = 12;
const KILL_WITHIN_MS = 700;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "plimsoll-root-"));
  for (const folder of ["etc/ssh/sshd_config.d", "var/lib", "run"])
    await mkdir(join(root, folder), { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function script(bundle = bundleWith()): Promise<string> {
  const file = join(root, "run", `${bundle.hash}.sh`);
  await writeFile(file, bundle.script);
  return file;
}

type Bundle = ReturnType<typeof bundleWith>;

/** @param more another bundle, or options of the verb */
async function run(verb: string, more: Bundle | readonly string[] = []) {
  const [bundle, options] = "script" in more ? [more, []] : [bundleWith(), more];
  return execa("sh", [await script(bundle), "--root", root, verb, ...options], { reject: false });
}

/** Every file below /etc with its text. */
async function tree(): Promise<Map<string, string>> {
  const entries = await readdir(join(root, "etc"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(
    await Promise.all(
      paths.map(async (path) => [path.slice(root.length), await readFile(path, "utf8")] as const),
    ),
  );
}

function wanted(bundle = bundleWith()): Map<string, string> {
  return new Map(bundle.files.map(({ path, content }) => [path, content]));
}

test("an apply writes every file; a second one changes nothing; a check agrees", async () => {
  const first = await run("--apply");
  assert.equal(first.exitCode, 0, first.stderr);
  assert.equal(first.stdout.split("\n").length, bundleWith().files.length);
  assert.deepEqual(await tree(), wanted());
  assert.equal((await run("--apply")).stdout, "");
  const check = await run("--check");
  assert.deepEqual([check.exitCode, check.stdout], [0, ""]);
});

test("a check names what an apply would change, and changes nothing", async () => {
  await run("--apply");
  await writeFile(join(root, SYSCTLS), "vm.swappiness = 100\n");
  const check = await run("--check");
  assert.deepEqual([check.exitCode, check.stdout], [1, SYSCTLS]);
  assert.equal(await readFile(join(root, SYSCTLS), "utf8"), "vm.swappiness = 100\n");
  assert.equal((await run("--apply")).stdout, `changed ${SYSCTLS}`);
});

test("a file that is no longer wanted goes; a folder goes with it only where it was made", async () => {
  const keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me@laptop"];
  await run("--apply", bundleWith({ deployUser: { name: "deploy", keys } }));
  const second = await run("--apply");
  assert.equal(second.stdout, "removed /home/deploy/.ssh/authorized_keys");
  assert.ok(!(await readdir(root)).includes("home"));
});

test("somebody else's file is refused by name and stays; nothing else is written", async () => {
  await mkdir(join(root, "etc/sysctl.d"));
  await writeFile(join(root, SYSCTLS), "vm.swappiness = 1\n");
  const refused = await run("--apply");
  assert.equal(refused.exitCode, 3);
  assert.equal(
    refused.stderr,
    `host: ${SYSCTLS} must be Plimsoll's or absent, got somebody else's; move it away, or take the host key out of the config`,
  );
  assert.deepEqual([...(await tree())], [[SYSCTLS, "vm.swappiness = 1\n"]]);
});

/** Docker's settings as somebody else wrote them. */
async function theirSettings(content: string, mode = 0o640): Promise<void> {
  await mkdir(join(root, "etc/docker"));
  await writeFile(join(root, DAEMON), content);
  await chmod(join(root, DAEMON), mode);
}

const settings = async () => JSON.parse(await readFile(join(root, DAEMON), "utf8"));
const THEIRS = '{ "registry-mirrors" : ["https://mirror.example.com"],\n"live-restore":true }';

test("somebody else's settings of Docker stay beside Plimsoll's, and a removal gives the file back as it was", async () => {
  await theirSettings(THEIRS);
  assert.equal((await run("--apply")).exitCode, 0);
  const ours = JSON.parse(String(wanted().get(DAEMON)));
  const mirrors = { "registry-mirrors": ["https://mirror.example.com"] };
  assert.deepEqual(await settings(), { ...ours, ...mirrors });
  assert.equal((await stat(join(root, DAEMON))).mode & 0o777, 0o640);
  assert.equal((await run("--apply")).stdout, "");
  assert.deepEqual((await run("--check")).stdout, "");
  const removed = await run("--remove");
  assert.match(removed.stdout, /^restored \/etc\/docker\/daemon\.json$/m);
  assert.deepEqual([...(await tree())], [[DAEMON, THEIRS]]);
  assert.equal((await stat(join(root, DAEMON))).mode & 0o777, 0o640);
});

test("settings of Docker that both have stay in force, and what is changed by hand is named and put back", async () => {
  await theirSettings(THEIRS);
  await run("--apply");
  const declared = bundleWith().facts.find(({ place }) => place === DAEMON)?.declared;
  const live = async () => (await run("--read")).stdout.split("\n").find((l) => l.includes(DAEMON));
  assert.equal(await live(), `file\t${DAEMON}\t${declared}`);
  await writeFile(join(root, DAEMON), '{ "live-restore": false }\n');
  assert.notEqual(await live(), `file\t${DAEMON}\t${declared}`);
  assert.equal((await run("--check")).stdout, DAEMON);
  await run("--apply");
  assert.equal(await live(), `file\t${DAEMON}\t${declared}`);
});

test("settings of Docker that disagree, or that nobody can read, are refused with both values, and stay", async () => {
  const fix = "take that out of it, or the host key out of the config";
  const rule = `host: ${DAEMON} must be JSON that agrees with Plimsoll's settings, got`;
  await mkdir(join(root, "etc/docker"));
  for (const [content, problem] of [
    [
      '{ "log-driver": "json-file", "live-restore": false, "debug": true }',
      '"live-restore" false where Plimsoll needs true, "log-driver" "json-file" where Plimsoll needs "local"',
    ],
    ['{ "debug": true, }', "something else at byte 16"],
    ['{ "debug": true, "debug": false }', '"debug" twice'],
    ["", "something else at byte 0"],
  ] as const) {
    await writeFile(join(root, DAEMON), content);
    const refused = await run("--apply");
    assert.deepEqual([refused.exitCode, refused.stderr], [3, `${rule} ${problem}; ${fix}`]);
    assert.deepEqual([...(await tree())], [[DAEMON, content]]);
  }
});

test("a link in the place of Docker's settings is nobody's to follow", async () => {
  await mkdir(join(root, "etc/docker"));
  await writeFile(join(root, "etc/docker/theirs.json"), "{}\n");
  await symlink("theirs.json", join(root, DAEMON));
  const refused = await run("--apply");
  assert.match(refused.stderr, /daemon\.json must be Plimsoll's or absent, got somebody else's;/);
});

test("another environment's server is refused", async () => {
  await run("--apply");
  const other = bundleWith();
  const theirs = { ...other, script: other.script.replace("plimsoll/local'", "theirs/live'") };
  const refused = await run("--apply", theirs);
  assert.equal(refused.exitCode, 3);
  assert.match(
    refused.stderr,
    /one environment describes a server, got theirs\/live beside plimsoll\/local/,
  );
});

test("a removal leaves nothing but the folders that were there", async () => {
  await run("--apply");
  const removed = await run("--remove");
  assert.equal(removed.exitCode, 0, removed.stderr);
  assert.deepEqual([...(await tree())], []);
  assert.deepEqual(await readdir(join(root, "etc"), { recursive: true }), [
    "ssh",
    "ssh/sshd_config.d",
  ]);
  assert.deepEqual(await readdir(join(root, "var/lib/plimsoll")), []);
  assert.equal((await run("--remove")).stdout, "nothing of Plimsoll's is there");
});

const SWAP = "/var/lib/plimsoll/swapfile";
const SWAP_UNIT = "/etc/systemd/system/var-lib-plimsoll-swapfile.swap";

test("the swap file and its unit stay, until a removal is asked to take them", async () => {
  await run("--apply");
  await writeFile(join(root, SWAP), "");
  await run("--remove");
  assert.deepEqual([...(await tree()).keys()], [SWAP_UNIT]);
  const second = await run("--remove", ["--swap"]);
  assert.deepEqual(second.stdout.split("\n"), [`removed swap: ${SWAP}`, `removed ${SWAP_UNIT}`]);
  assert.deepEqual([...(await tree())], []);
  assert.deepEqual(await readdir(join(root, "var/lib/plimsoll")), []);
});

test("a word that a removal does not know stops it before it begins", async () => {
  await run("--apply");
  const refused = await run("--remove", ["--swop"]);
  assert.deepEqual(
    [refused.exitCode, refused.stderr],
    [3, "host: unknown argument --swop; the file's head tells them"],
  );
  assert.deepEqual(await tree(), wanted());
});

test("a rollback brings back what was in force before, and another one returns", async () => {
  const [old, young] = [bundleWith({ swappiness: 10 }), bundleWith({ swappiness: 90 })];
  assert.equal((await run("--rollback", old)).exitCode, 3);
  await run("--apply", old);
  await run("--apply", young);
  assert.equal((await run("--rollback", young)).exitCode, 0);
  assert.deepEqual(await tree(), wanted(old));
  assert.equal(await readFile(join(root, STATE, "current.sh"), "utf8"), old.script);
  await run("--rollback", young);
  assert.deepEqual(await tree(), wanted(young));
});

test("killed at any moment, an apply or a removal is finished by the next run, and theirs comes back", async () => {
  await theirSettings(THEIRS);
  for (let at = 0; at < KILLS; at += 1) {
    const verb = at % 3 === 2 ? "--remove" : "--apply";
    const file = await script(bundleWith({ swappiness: at }));
    const running = execa("setsid", ["sh", file, "--root", root, verb], { reject: false });
    await wait((KILL_WITHIN_MS * at) / KILLS);
    running.kill("SIGKILL");
    await running;
  }
  const last = await run("--apply");
  assert.equal(last.exitCode, 0, last.stderr);
  assert.deepEqual([...(await tree()).keys()], [...wanted().keys()].sort());
  assert.deepEqual((await run("--check")).stdout, "");
  await run("--remove");
  assert.deepEqual([...(await tree())], [[DAEMON, THEIRS]]);
});

test("a second operator is told to wait", async () => {
  await mkdir(join(root, "run/plimsoll"), { recursive: true });
  const lock = join(root, "run/plimsoll/host.lock");
  const holder = execa("flock", [lock, "sh", "-c", "echo held; read -r line"], { reject: false });
  await once(holder.stdout, "data");
  const bundle = bundleWith();
  const hasty = { ...bundle, script: bundle.script.replace("flock -w 60 9", "flock -w 0 9") };
  const refused = await run("--apply", hasty);
  holder.stdin.end("\n");
  await holder;
  assert.equal(refused.exitCode, 3);
  assert.match(refused.stderr, /one change of a server at a time, got another under way/);
  assert.equal((await run("--apply")).exitCode, 0);
});

test("what was written is known as ours even if the run that wrote it was killed", async () => {
  await run("--apply");
  const manifest = await readFile(join(root, STATE, "manifest"), "utf8");
  assert.deepEqual(manifest.trim().split("\n"), [...wanted().keys()].sort());
});
