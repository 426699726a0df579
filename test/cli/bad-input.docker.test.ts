import assert from "node:assert/strict";
import { once } from "node:events";
import { rename, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { after, before, test } from "node:test";
import { execa } from "execa";
import { docker, inspect, namesOf } from "../support/docker.ts";
import { freePort } from "../support/free-ports.ts";
import { terraformsBelow } from "../support/processes.ts";
import { type Sandbox, sandbox, TINY } from "../support/sandbox.ts";

/** Each case ends with an `up` that succeeds, or leaves what the next case needs untouched. */
let box: Sandbox;
let port: number;

const healthy = () => ({ local: { address: "127.0.0.1", port, services: TINY } });
const withChat = (patch: object) => ({
  local: { address: "127.0.0.1", port, services: { ...TINY, chat: { ...TINY["chat"], ...patch } } },
});

async function assertUp(): Promise<void> {
  await box.configure(healthy());
  const { exitCode, stderr } = await box.run(["up"]);
  assert.equal(exitCode, 0, stderr);
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/x`)).text(), "chat-1 /x\n");
}

async function assertNothingMade(): Promise<void> {
  assert.deepEqual(await namesOf("container", box.project), []);
  assert.deepEqual(await namesOf("network", box.project), []);
}

before(async () => {
  port = await freePort();
  box = await sandbox(healthy());
});

after(() => box.dispose());

test("a config that breaks rules changes nothing", async () => {
  await box.configure(withChat({ slots: 9, limit: "300MiB" }));
  const { exitCode, stderr } = await box.run(["up"]);
  assert.equal(exitCode, 2);
  assert.match(
    stderr,
    /environments\.local\.server\.memory: .*\n.*this fits:\n {4}- services\.chat\.(\w+): \w+\n {4}\+ services\.chat\.\1: \w+/,
  );
  await assertNothingMade();
});

test("an unknown environment and an unknown command name those that exist", async () => {
  await box.configure(healthy());
  const environment = await box.run(["up", "prod"]);
  assert.equal(environment.exitCode, 2);
  assert.match(environment.stderr, /no environment named prod; use one of local/);
  const command = await box.run(["upp"]);
  assert.notEqual(command.exitCode, 0);
  assert.match(command.stderr, /unknown command 'upp'[\s\S]*--help/);
});

test("no engine at DOCKER_HOST: says so, installs nothing", async () => {
  const { exitCode, stderr } = await box.run(["up"], {
    env: { DOCKER_HOST: "unix:///nonexistent/docker.sock" },
  });
  assert.equal(exitCode, 2);
  assert.match(stderr, /DOCKER_HOST.*unix:\/\/\/nonexistent\/docker\.sock.*;/);
});

test("a server that does not answer, with the reason", async () => {
  const closed = await freePort();
  const { exitCode, stderr } = await box.run([
    "up",
    "local",
    "--target",
    `ssh://nobody@127.0.0.1:${closed}`,
  ]);
  assert.equal(exitCode, 2);
  assert.match(
    stderr,
    new RegExp(`target ssh://nobody@127\\.0\\.0\\.1:${closed}: does not answer; is it running`),
  );
});

test("a port that something else listens on", async () => {
  const squatter: Server = createServer();
  squatter.listen(port, "127.0.0.1");
  await once(squatter, "listening");
  try {
    const { exitCode, stderr } = await box.run(["up"]);
    assert.equal(exitCode, 2);
    assert.match(
      stderr,
      new RegExp(
        `environments\\.local\\.port: must be free on local, got ${port}, which something else listens on`,
      ),
    );
    await assertNothingMade();
  } finally {
    squatter.close();
    await once(squatter, "close");
  }
});

test("a container, a network and a volume of others under our names are not touched", async () => {
  const name = (part: string) => `${box.project}-local-${part}`;
  const [guard] = (await docker("image", "ls", "--quiet", "plimsoll/node")).split("\n");
  const id = await docker("create", "--name", name("guard"), String(guard), "true");
  await docker("network", "create", name("edge"));
  await docker("volume", "create", name("chat-secrets"));
  try {
    const first = await box.run(["up"]);
    assert.equal(first.exitCode, 2);
    assert.match(first.stderr, new RegExp(`container ${name("guard")}: must belong to`));
    assert.match(first.stderr, new RegExp(`network ${name("edge")}: must belong to`));
    assert.equal((await inspect(name("guard")))[0].Id, id);
    await docker("rm", id);
    await docker("network", "rm", name("edge"));
    const second = await box.run(["up"]);
    assert.equal(second.exitCode, 2);
    assert.match(second.stderr, new RegExp(`volume ${name("chat-secrets")}: must belong to`));
    await assertNothingMade();
  } finally {
    await docker("volume", "rm", name("chat-secrets"));
  }
});

test("a container that never becomes healthy: its own log says why, and the next up succeeds", async () => {
  await box.configure(withChat({ env: { SICK: "1" }, startTimeout: "15s" }));
  const { exitCode, stderr } = await box.run(["up"]);
  assert.equal(exitCode, 2);
  assert.match(
    stderr,
    new RegExp(`container ${box.project}-local-chat-1: must be running and healthy`),
  );
  assert.match(stderr, /tiny app: sick on purpose/);
  await assertUp();
});

test("an environment that another state deployed is not touched, neither by up nor by down", async () => {
  const name = `${box.project}-local-chat-1`;
  const [before] = await inspect(name);
  const away = `${box.stateFolder}.away`;
  await rename(box.stateFolder, away);
  for (const verb of ["up", "down"]) {
    const { exitCode, stderr } = await box.run([verb]);
    assert.equal(exitCode, 2);
    assert.match(
      stderr,
      new RegExp(
        `must be deployed from one state, got 3 containers and 3 networks on local that another state made \\(${name}\\); copy `,
      ),
    );
  }
  assert.equal((await inspect(name))[0].Id, before.Id);
  await rm(box.stateFolder, { recursive: true });
  await rename(away, box.stateFolder);
  await assertUp();
  assert.equal((await inspect(name))[0].Id, before.Id);
});

/** The line of shell that a refusal ends with. */
function removalIn(stderr: string): string {
  return /this keeps the data too: (docker .*)$/m.exec(stderr)?.[1] ?? "";
}

test("what a lost state left is removed by the line that is told, networks alone included", async () => {
  await rm(box.stateFolder, { recursive: true });
  const all = await box.run(["up"]);
  assert.match(all.stderr, /got 3 containers and 3 networks on local/);
  const [containers = "", networks] = removalIn(all.stderr).split(" && docker network ");
  await execa("sh", ["-c", containers]);
  const rest = await box.run(["up"]);
  assert.equal(rest.exitCode, 2);
  assert.match(
    rest.stderr,
    /must be deployed from one state, got 3 networks on local that another/,
  );
  assert.equal(removalIn(rest.stderr), `docker network ${networks}`);
  await execa("sh", ["-c", removalIn(rest.stderr)]);
  await assertUp();
});

test("a second up at the same time is refused, and the first one succeeds", async () => {
  await box.configure(withChat({ env: { ROUND: "2" } }));
  const first = box.start(["up", "--yes"]);
  await lineOf(first, /looking at local/);
  const second = await box.run(["up"]);
  assert.equal(second.exitCode, 2);
  assert.match(
    second.stderr,
    /one change at a time, got another up or down on local under way; wait for it/,
  );
  assert.equal((await first).exitCode, 0);
});

test("Ctrl-C in the middle of an apply: ends by itself, and the next up succeeds", async () => {
  const down = await box.run(["down"]);
  assert.equal(down.exitCode, 0, down.stderr);
  // A process group of its own, as a terminal gives one to each command.
  const run = box.start(["up"], { detached: true });
  await lineOf(run, /chat-1: Creating/);
  process.kill(-(run.pid as number), "SIGINT");
  const { exitCode, stderr } = await run;
  assert.equal(exitCode, 130, String(stderr));
  assert.match(
    String(stderr),
    /interrupted; what was applied is kept, \.\/plimsoll up local brings up the rest/,
  );
  // Asked once, by us alone: a second signal, or cdktf's death, ends it before it has written down what it made.
  const log = [...(await box.stateFiles())].find(([file]) => file.endsWith("/deploy.log"))?.[1];
  assert.match(log ?? "", /Gracefully shutting down/);
  assert.doesNotMatch(log ?? "", /Two interrupts received/);
  await assertUp();
});

test("an up that was killed outright: what it did not write down is taken away, and the next up succeeds", async () => {
  const down = await box.run(["down"]);
  assert.equal(down.exitCode, 0, down.stderr);
  const run = box.start(["up"], { detached: true });
  await lineOf(run, /chat-1: Creating/);
  process.kill(-(run.pid as number), "SIGKILL");
  await run;
  // Nobody refreshes its lock any more; until it is stale, a run is told so.
  const end = Date.now() + 60_000;
  for (;;) {
    const { exitCode, stderr } = await box.run(["up"]);
    if (exitCode === 0) break;
    assert.match(stderr, /one change at a time|state lock/);
    assert.ok(Date.now() < end, "the lock of a killed run never became free");
  }
  await assertUp();
});

test("a Terraform that is killed by itself: up says where, though cdktf calls it done, and the next up succeeds", async () => {
  const down = await box.run(["down"]);
  assert.equal(down.exitCode, 0, down.stderr);
  const run = box.start(["up"]);
  await lineOf(run, /chat-1: Creating/);
  for (const pid of terraformsBelow(run.pid as number)) process.kill(pid, "SIGKILL");
  const { exitCode, stderr } = await run;
  assert.equal(exitCode, 2, String(stderr));
  assert.match(
    String(stderr),
    /deploy local: Terraform was ended in local-app-chat-1; what was applied is kept, put the cause right and run it again/,
  );
  await assertUp();
});

test("what others have on the engine is still there after down --volumes, whatever its name", async () => {
  await box.configure(healthy());
  const name = `${box.project}-local-bystander`;
  const elsewhere = `${box.project}-other-data`;
  const labels = [`plimsoll.project=${box.project}`, "plimsoll.environment=other"];
  const image = await docker("image", "ls", "--quiet", "plimsoll/node");
  await docker("create", "--name", name, String(image.split("\n")[0]), "true");
  await docker("network", "create", name);
  await docker("volume", "create", name);
  await docker("volume", "create", ...labels.flatMap((label) => ["--label", label]), elsewhere);
  try {
    const { exitCode, stderr } = await box.run(["down", "--volumes"]);
    assert.equal(exitCode, 0, stderr);
    await docker("container", "inspect", name);
    await docker("network", "inspect", name);
    await docker("volume", "inspect", name, elsewhere);
  } finally {
    await docker("rm", name);
    await docker("network", "rm", name);
    await docker("volume", "rm", "--force", name, elsewhere);
  }
});

/** Waits until the run's progress has such a line; fails when it ends without one. */
function lineOf(run: ReturnType<Sandbox["start"]>, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = "";
    run.stderr?.on("data", (bytes: Buffer) => {
      text += bytes;
      if (pattern.test(text)) resolve();
    });
    run.once("close", () => reject(new Error(`no line like ${pattern} in:\n${text}`)));
  });
}
