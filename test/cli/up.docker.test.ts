import assert from "node:assert/strict";
import { readdir, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chat } from "../support/chat.ts";
import { docker, inspect, namesOf } from "../support/docker.ts";
import { freePort } from "../support/free-ports.ts";
import { plainDeploy } from "../support/plain-deploy.ts";
import { type Outcome, type Sandbox, sandbox, TINY } from "../support/sandbox.ts";

/** The whole stack of the example, deployed once; the tests below build on one another, in order. */
let box: Sandbox;
let port: number;
let first: Outcome;

const url = (path: string) => `http://127.0.0.1:${port}${path}`;
const CONTAINERS = ["chat-1", "chat-2", "guard", "nginx", "postgres", "redis"];
const STACKS = ["local-app-chat-1", "local-app-chat-2", "local-data", "local-edge", "local-host"];

before(async () => {
  port = await freePort();
  box = await sandbox({ local: { address: "127.0.0.1", port } });
  first = await box.run(["up", "local"]);
});

after(() => box.dispose());

test("up brings the whole stack up and says where, with what memory, and what to do next", () => {
  assert.equal(first.exitCode, 0, first.stderr);
  assert.match(first.stdout, new RegExp(`^http://localhost:${port}/$`, "m"));
  assert.match(first.stdout, /^postgres .*█.* 320$/m);
  assert.match(first.stdout, /^headroom .* 211$/m);
  assert.match(first.stdout, /\.\/plimsoll down local /);
});

test("every container runs and is healthy", async () => {
  const { exitCode, stdout } = await box.run(["status", "local", "--json"]);
  const { containers: services } = JSON.parse(stdout) as {
    containers: { name: string; state: string; health: string; usedMib: number }[];
  };
  assert.deepEqual(
    services.map(({ name, state, health }) => [name, state, health]),
    CONTAINERS.map((name) => [`${box.project}-local-${name}`, "running", "healthy"]),
  );
  assert.ok(services.every(({ usedMib }) => usedMib > 0));
  assert.equal(exitCode, 0);
});

/** A value that the guard tells of itself. */
async function guardMetric(sample: string): Promise<number> {
  const program = 'fetch("http://127.0.0.1:9180/metrics").then((r) => r.text()).then(console.log)';
  const guard = `${box.project}-local-guard`;
  const text = await docker("exec", guard, "node", "--eval", program);
  const line = text.split("\n").find((each) => each.startsWith(`${sample} `));
  return Number(line?.slice(sample.length));
}

test("the guard reads the memory of its slots", async () => {
  for (const slot of ["chat-1", "chat-2"]) {
    const bytes = await guardMetric(`memory_guard_headroom_bytes{node="${slot}"}`);
    assert.ok(bytes > 100 * 2 ** 20 && bytes < 300 * 2 ** 20, `${slot}: ${bytes}`);
  }
});

test("an export that no slot could hold is refused by the guard, and a small one is served", async () => {
  const large = await fetch(url("/api/export?rows=100000"));
  assert.equal(large.status, 413);
  assert.deepEqual(await large.json(), { error: "content_too_large", reason: "too_large" });
  const small = await fetch(url("/api/export?rows=1000"));
  assert.equal(small.status, 200);
  assert.equal(((await small.json()) as { rows: unknown[] }).rows.length, 1_000);
  assert.equal(small.headers.get("server-timing"), null);
  for (const slot of ["chat-1", "chat-2"]) {
    const [{ State, RestartCount }] = await inspect(`${box.project}-local-${slot}`);
    assert.deepEqual([State.OOMKilled, RestartCount], [false, 0]);
  }
});

test("a second up changes nothing in any stack", async () => {
  const { exitCode, stderr } = await box.run(["up", "local"]);
  assert.equal(exitCode, 0, stderr);
  const unchanged = [...stderr.matchAll(/^\s*(\S+): no changes$/gm)].map(([, stack]) => stack);
  assert.deepEqual(unchanged.sort(), STACKS);
});

test("no stack's provider lies in the cache that every other deploy's terraform init empties", async () => {
  const shared = await realpath(homedir()).then((home) => join(home, ".terraform.d"));
  const inState = await readdir(box.stateFolder, { recursive: true });
  const providers = inState.filter((file) =>
    /[.]terraform.providers.*[/]docker[/][\d.]+[/]\w+$/.test(file),
  );
  const real = await Promise.all(providers.map((file) => realpath(join(box.stateFolder, file))));
  assert.equal(real.length, STACKS.length, inState.join("\n"));
  assert.deepEqual(
    real.filter((file) => file.startsWith(shared)),
    [],
  );
});

interface Reading {
  readonly subject: string;
  readonly setting: string;
  readonly declared: string;
  readonly live?: string;
}

/** Who and which setting, of those that verify finds changed. */
async function drift(): Promise<string[]> {
  const { exitCode, stdout, stderr } = await box.run(["verify", "local", "--json"]);
  const readings = JSON.parse(stdout || "[]") as Reading[];
  const changed = readings.filter(({ declared, live }) => live !== declared);
  assert.equal(exitCode, changed.length > 0 ? 1 : 0, stderr);
  assert.ok(readings.length > 300, `${readings.length} readings`);
  return changed.map(({ subject, setting }) => `${subject} ${setting}`).sort();
}

test("verify reads every declared setting back, and all are in force", async () => {
  assert.deepEqual(await drift(), []);
});

test("verify names each setting that was changed by hand, and a restart or the next up puts it back", async () => {
  const name = (service: string) => `${box.project}-local-${service}`;
  await docker("update", "--memory=310m", "--memory-swap=380m", name("chat-1"));
  await docker("update", "--restart=no", name("redis"));
  await docker("exec", name("nginx"), "sed", "-i", "s/burst=20/burst=2000/", "/tmp/nginx.conf");
  const alter = "alter system set work_mem = '64MB'";
  const reload = "select pg_reload_conf()";
  const psql = ["exec", name("postgres"), "psql", "--username=postgres", "--command"];
  await docker(...psql, alter);
  await docker(...psql, reload);
  const [limit, swap] = ["memory", "memory_swap"].map((setting) => `chat-1 ${setting}`);
  const changed = await drift();
  for (const expected of [
    limit,
    swap,
    "nginx http > server > limit_req",
    "postgres work_mem",
    "redis restart",
  ]) {
    assert.ok(changed.includes(String(expected)), `${expected} in ${changed.join(", ")}`);
  }
  assert.equal(changed.length, 7, changed.join(", "));
  await docker(...psql, "alter system reset work_mem");
  await docker(...psql, reload);
  await docker("restart", name("nginx"));
  const up = await box.run(["up", "local"]);
  assert.equal(up.exitCode, 0, up.stderr);
  assert.deepEqual(await drift(), []);
});

test("plan tells which containers the next up would change, how, and what that costs", async () => {
  const local = { address: "127.0.0.1", port };
  const nothing = await box.run(["plan", "local"]);
  assert.equal(nothing.stdout.trim(), "local: no changes", nothing.stderr);
  await box.configure({
    local: { ...local, limits: { burst: 40 }, services: { chat: { env: { LOG_LEVEL: "debug" } } } },
  });
  const { exitCode, stdout, stderr } = await box.run(["plan", "local"]);
  await box.configure({ local });
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /^± \S+-local-chat-1 is replaced\n {4}env LOG_LEVEL: info -> debug$/m);
  assert.match(stdout, /the other slots serve$/m);
  assert.match(
    stdout,
    /^± \S+-local-nginx is replaced\n {4}- limit_req zone=requests burst=20 nodelay;$/m,
  );
  assert.match(stdout, /^memory limits: no change$/m);
});

/** Id of each container, by service and slot: another one says that it was replaced. */
async function containerIds(): Promise<Record<string, string>> {
  const live = await inspect(...CONTAINERS.map((name) => `${box.project}-local-${name}`));
  return Object.fromEntries(live.map(({ Id }, at) => [CONTAINERS[at], Id]));
}

function replacedSince(before: Record<string, string>, now: Record<string, string>): string[] {
  return CONTAINERS.filter((name) => before[name] !== now[name]);
}

test("up interrupts the service only where it was told to, and changes nothing otherwise", async () => {
  const local = { address: "127.0.0.1", port };
  const before = await containerIds();
  await box.configure({ local: { ...local, limits: { burst: 40 } } });
  const refused = await box.run(["up", "local"]);
  assert.equal(refused.exitCode, 2, refused.stderr);
  assert.match(
    refused.stderr,
    /-local-nginx is away for about \d+ s, .*: connections are refused$/m,
  );
  assert.match(
    refused.stderr,
    /up local: a change interrupts the service on local: must be confirmed, got no terminal to ask; add --yes/,
  );
  assert.deepEqual(replacedSince(before, await containerIds()), []);
  const agreed = await box.run(["up", "local", "--yes"]);
  assert.equal(agreed.exitCode, 0, agreed.stderr);
  assert.deepEqual(replacedSince(before, await containerIds()), ["nginx"]);
  await box.configure({ local });
  const back = await box.run(["up", "local", "--yes"]);
  assert.equal(back.exitCode, 0, back.stderr);
});

test("slots that are replaced one after the other interrupt nothing, so nobody is asked", async () => {
  const local = { address: "127.0.0.1", port };
  for (const level of ["debug", "info"]) {
    const before = await containerIds();
    await box.configure({ local: { ...local, services: { chat: { env: { LOG_LEVEL: level } } } } });
    const { exitCode, stderr } = await box.run(["up", "local"]);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(replacedSince(before, await containerIds()), ["chat-1", "chat-2"]);
  }
  await box.configure({ local });
});

test("the page comes through nginx, not cached, with a policy for scripts", async () => {
  const response = await fetch(url("/"));
  assert.equal(response.status, 200);
  assert.match(await response.text(), /<!doctype html>/i);
  assert.equal(response.headers.get("cache-control"), "no-cache");
  assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'self'/);
});

test("tokens arrive one by one, and the chat is read back after every slot was restarted", async () => {
  const { tokens, reads, sessionId, cookie } = await chat(
    url("/api/chat/completions"),
    "What is a Plimsoll line?",
  );
  assert.ok(tokens.length >= 5, `${tokens.length} tokens`);
  // Unbuffered: most tokens come in a read of their own.
  assert.ok(reads >= tokens.length / 2, `${tokens.length} tokens in ${reads} reads`);
  await docker("restart", `${box.project}-local-chat-1`, `${box.project}-local-chat-2`);
  const again = await box.run(["up", "local"]);
  assert.equal(again.exitCode, 0, again.stderr);
  const stored = await fetch(url(`/api/sessions/${sessionId}/messages`), { headers: { cookie } });
  assert.equal(stored.status, 200);
  const text = JSON.stringify(await stored.json());
  assert.match(text, /What is a Plimsoll line\?/);
  assert.ok(
    text.includes(JSON.stringify(tokens.join("").trim()).slice(1, -1)),
    "the answer is stored",
  );
});

test("another visitor does not see the session", async () => {
  const { sessionId } = await chat(url("/api/chat/completions"), "Mine?");
  const { cookie } = await chat(url("/api/chat/completions"), "And mine?");
  const stored = await fetch(url(`/api/sessions/${sessionId}/messages`), { headers: { cookie } });
  assert.equal(stored.status, 404);
});

test("an export comes whole through the chain", async () => {
  const response = await fetch(url("/api/export?rows=5000"));
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("x-export-rows"), "5000");
  assert.equal(((await response.json()) as { rows: unknown[] }).rows.length, 5000);
});

test("an export whose size no request tells comes whole, from a slot that the guard answers", async () => {
  const program =
    'fetch(process.env.GUARD_ADMIN_URL + "/leases", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ backend: process.env.SLOT_NAME, bytes: 1, ttlMs: 1000 }) }).then((r) => console.log(r.status))';
  for (const slot of ["chat-1", "chat-2"]) {
    const name = `${box.project}-local-${slot}`;
    assert.equal((await docker("exec", name, "node", "--eval", program)).trim(), "201");
  }
  const response = await fetch(url("/api/export"));
  assert.equal(response.status, 200);
  assert.equal(((await response.json()) as { rows: unknown[] }).rows.length, 20_000);
});

test("memory, reservation and swap of each container are those that explain shows", async () => {
  const { stdout } = await box.run(["explain", "local", "--json"]);
  const { memory } = JSON.parse(stdout) as {
    memory: {
      lines: {
        container?: string;
        limitBytes: number;
        reservationBytes: number;
        swapBytes: number;
      }[];
    };
  };
  const planned = memory.lines.flatMap(({ container, limitBytes, reservationBytes, swapBytes }) =>
    container ? [[container, limitBytes, reservationBytes, limitBytes + swapBytes]] : [],
  );
  assert.equal(planned.length, CONTAINERS.length);
  const live = await inspect(...planned.map(([name]) => String(name)));
  assert.deepEqual(
    live.map(({ Name, HostConfig }) => [
      Name.slice(1),
      HostConfig.Memory,
      HostConfig.MemoryReservation,
      HostConfig.MemorySwap,
    ]),
    planned,
  );
});

test("only nginx publishes a port, and every container is unprivileged and read-only", async () => {
  const live = await inspect(...(await namesOf("container", box.project)));
  const published = live.filter(
    ({ HostConfig }) => Object.keys(HostConfig.PortBindings ?? {}).length > 0,
  );
  assert.deepEqual(
    published.map(({ Name }) => Name),
    [`/${box.project}-local-nginx`],
  );
  for (const { Name, Config, HostConfig } of live) {
    assert.match(Config.User, /^[1-9]\d*:[1-9]\d*$/, Name);
    assert.equal(HostConfig.ReadonlyRootfs, true, Name);
    assert.deepEqual(HostConfig.CapDrop, ["ALL"], Name);
    assert.deepEqual(HostConfig.SecurityOpt, ["no-new-privileges:true"], Name);
  }
});

/** Every secret's value, read as root on the target. */
async function secretValues(): Promise<string[]> {
  const volumes = (await namesOf("volume", box.project)).filter((name) =>
    name.endsWith("-secrets"),
  );
  assert.equal(volumes.length, 3);
  const [guard] = await inspect(`${box.project}-local-guard`);
  const mounts = volumes.flatMap((name) => ["--volume", `${name}:/s/${name}:ro`]);
  const read = [
    "run",
    "--rm",
    "--network=none",
    "--user=0:0",
    ...mounts,
    "--entrypoint=sh",
    guard.Image,
  ];
  const text = await docker(
    ...read,
    "-c",
    'for file in /s/*/*; do case $file in *.acl) ;; *) cat "$file"; echo ;; esac; done',
  );
  return [...new Set(text.split("\n").filter(Boolean))];
}

test("no secret occurs in the synthesized JSON, the state, docker inspect or the logs", async () => {
  const secrets = await secretValues();
  assert.equal(secrets.length, 5);
  assert.ok(secrets.every((value) => value.length >= 40));
  const names = await namesOf("container", box.project);
  const places = await box.stateFiles();
  assert.ok([...places.keys()].some((file) => file.endsWith("local-data.tfstate")));
  assert.ok([...places.keys()].some((file) => file.endsWith("local-data/cdk.tf.json")));
  places.set("docker inspect", JSON.stringify(await inspect(...names)));
  for (const name of names) places.set(`logs of ${name}`, await docker("logs", name));
  for (const name of names)
    places.set(`processes of ${name}`, await docker("top", name, "-eo", "pid,args"));
  for (const [place, text] of places) {
    for (const secret of secrets) assert.ok(!text.includes(secret), `a secret occurs in ${place}`);
  }
});

test("a secret can be read by the one container that needs it, and by no other", async () => {
  const read = (name: string, file: string) =>
    docker("exec", `${box.project}-local-${name}`, "cat", `/run/secrets/${file}`);
  assert.equal(
    await read("chat-1", "database-password"),
    await read("postgres", "chat-database-password"),
  );
  await assert.rejects(read("guard", "database-password"), /No such file/);
  await assert.rejects(read("redis", "cache-password"), /No such file/);
  await assert.rejects(
    docker("exec", `${box.project}-local-chat-1`, "sh", "-c", "echo x >/run/secrets/session-key"),
    /Read-only file system|Permission denied/,
  );
});

test("the stores have no way out, and strangers may only ping Redis", async () => {
  const [network] = await inspect(`${box.project}-local-data`);
  assert.equal(network.Internal, true);
  const redis = (...args: string[]) =>
    docker("exec", `${box.project}-local-redis`, "redis-cli", ...args);
  assert.equal(await redis("ping"), "PONG");
  assert.match(await redis("set", "a", "b"), /NOPERM/);
});

test("another environment runs beside it, and comes down without it", async () => {
  const stagingPort = await freePort();
  const local = { address: "127.0.0.1", port };
  await box.configure({
    local,
    staging: { address: "127.0.0.1", port: stagingPort, services: TINY },
  });
  const up = await box.run(["up", "staging"]);
  assert.equal(up.exitCode, 0, up.stderr);
  assert.equal(await (await fetch(`http://127.0.0.1:${stagingPort}/x`)).text(), "chat-1 /x\n");
  assert.equal((await fetch(url("/health"))).status, 200);
  const down = await box.run(["down", "staging", "--volumes"]);
  assert.equal(down.exitCode, 0, down.stderr);
  const left = (await namesOf("container", box.project)).filter((name) =>
    name.includes("-staging-"),
  );
  assert.deepEqual(left, []);
  assert.equal((await fetch(url("/health"))).status, 200);
});

test("a killed container is started again by the next up, in place", async () => {
  await docker("update", "--restart=no", `${box.project}-local-chat-1`);
  await docker("kill", `${box.project}-local-chat-1`);
  const status = await box.run(["status", "local"]);
  assert.equal(status.exitCode, 1);
  assert.match(status.stdout, /local-chat-1 +exited/);
  const { exitCode, stderr } = await box.run(["up", "local"]);
  assert.equal(exitCode, 0, stderr);
  const [slot] = await inspect(`${box.project}-local-chat-1`);
  assert.deepEqual(
    [slot.State.Status, slot.HostConfig.RestartPolicy.Name],
    ["running", "unless-stopped"],
  );
});

test("down leaves nothing but named volumes, and the data is there when a plain cdktf deploy brings it up again", async () => {
  const { sessionId, cookie } = await chat(url("/api/chat/completions"), "Remember me");
  const down = await box.run(["down", "local"]);
  assert.equal(down.exitCode, 0, down.stderr);
  assert.deepEqual(await namesOf("container", box.project), []);
  assert.deepEqual(await namesOf("network", box.project), []);
  assert.deepEqual(
    await namesOf("volume", box.project),
    ["chat-secrets", "guard-data", "postgres-data", "postgres-secrets", "redis-secrets"].map(
      (name) => `${box.project}-local-${name}`,
    ),
  );
  const deployed = await plainDeploy(box, "local");
  assert.equal(deployed.exitCode, 0, deployed.stdout + deployed.stderr);
  const stored = await fetch(url(`/api/sessions/${sessionId}/messages`), { headers: { cookie } });
  assert.match(await stored.text(), /Remember me/);
});

test("down --volumes leaves nothing", async () => {
  const { exitCode, stderr } = await box.run(["down", "local", "--volumes"]);
  assert.equal(exitCode, 0, stderr);
  for (const kind of ["container", "network", "volume"] as const) {
    assert.deepEqual(await namesOf(kind, box.project), [], kind);
  }
});
