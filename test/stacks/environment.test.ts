import assert from "node:assert/strict";
import { test } from "node:test";
import { Testing } from "cdktf";
import { planOf } from "../../config/environment.ts";
import { parseBackends } from "../../guard/backend-settings.ts";
import type { Deployment } from "../../stacks/deployment.ts";
import { addEnvironment } from "../../stacks/environment.ts";
import { stackNames } from "../../stacks/stack-names.ts";
import { IMAGES, localWith } from "../support/environments.ts";

type Patch = Parameters<typeof localWith>[0];
// biome-ignore lint/suspicious/noExplicitAny: a synthesized document is plain JSON
type Json = any;

/** The synthesized JSON of every stack, by name, validations run. */
function synth(patch: Patch = {}, change: Partial<Deployment> = {}): Map<string, Json> {
  const environment = localWith(patch);
  const deployment: Deployment = {
    environment,
    plan: planOf(environment),
    images: IMAGES,
    cgroupDriver: "systemd",
    stateFolder: "/srv/state",
    operator: { command: ["node", "cli.js"], folder: "/srv" },
    ...change,
  };
  // Nothing is written there; without a name cdktf makes a folder, and leaves it.
  const stacks = addEnvironment(Testing.app({ outdir: "cdktf.out" }), deployment);
  return new Map(stacks.map((stack) => [stack.node.id, JSON.parse(Testing.synth(stack, true))]));
}

function containers(stacks: Map<string, Json>): Json[] {
  return [...stacks.values()].flatMap((stack) =>
    Object.values(stack.resource?.docker_container ?? {}),
  );
}

test("the stacks of an environment, and the ids of what is in them, stay as they are", () => {
  const stacks = synth();
  const ids = [...stacks].map(([name, stack]) => [
    name,
    Object.values<Json>(stack.resource)
      .flatMap((kind) => Object.keys(kind))
      .sort(),
  ]);
  assert.deepEqual(ids, [
    ["local-host", ["prepare_step_4470C8AC"]],
    [
      "local-data",
      [
        "app",
        "data",
        "databases_step_5CF51425",
        "edge",
        "postgres_server_container_5E2A2B14",
        "postgres_server_image_14DF3E68",
        "redis_server_container_F439DBA3",
        "redis_server_image_A5D3EFD5",
      ],
    ],
    ["local-app-chat-1", ["chat-1_slot_container_B11E3D58", "chat-1_slot_image_643F891A"]],
    ["local-app-chat-2", ["chat-2_slot_container_E89D1D6C", "chat-2_slot_image_DE86F7C6"]],
    [
      "local-edge",
      [
        "guard_server_container_F3CB6AA6",
        "guard_server_image_F52BD205",
        "nginx_server_container_F38F80A6",
        "nginx_server_image_D693F1F7",
      ],
    ],
  ]);
});

test("a server that the config describes is made so first, and unmade by a destroy alone", () => {
  const server = { target: "ssh://root@203.0.113.10", host: {} };
  const { terraform_data: data } = synth(server).get("local-host").resource;
  const { removal, settings, prepare } = Object.fromEntries(
    Object.entries<Json>(data).map(([id, one]) => [/removal|settings|prepare/.exec(id)?.[0], one]),
  );
  assert.deepEqual(settings.depends_on, ["terraform_data.server_removal_750C3CAA"]);
  assert.match(prepare.depends_on[0], /^terraform_data\.server_settings_step_/);
  assert.deepEqual(removal.provisioner, [
    {
      "local-exec": {
        command: "local",
        interpreter: ["node", "cli.js", "host", "--remove"],
        when: "destroy",
        working_dir: "/srv",
      },
    },
  ]);
  assert.match(settings.triggers_replace[0], /^[0-9a-f]{64}$/);
});

test("this machine is never changed", () => {
  assert.deepEqual(Object.keys(synth({ host: {} }).get("local-host").resource.terraform_data), [
    "prepare_step_4470C8AC",
  ]);
});

test("only nginx publishes a port", () => {
  const published = containers(synth()).flatMap(({ name, ports }) =>
    ports?.length ? [[name, ports]] : [],
  );
  assert.deepEqual(published, [
    ["plimsoll-local-nginx", [{ external: 8080, internal: 8080, ip: "0.0.0.0" }]],
  ]);
});

test("every container has limit, reservation, swap, logs, health, restart, grace, and no privileges", () => {
  const found = containers(synth());
  assert.equal(found.length, 6);
  for (const one of found) {
    assert.deepEqual(
      {
        ...one.capabilities,
        readOnly: one.read_only,
        init: one.init,
        restart: one.restart,
        wait: one.wait,
      },
      { drop: ["ALL"], readOnly: true, init: true, restart: "unless-stopped", wait: true },
      one.name,
    );
    assert.deepEqual(one.security_opts, ["no-new-privileges:true"]);
    assert.match(one.user, /^[1-9]\d*:[1-9]\d*$/);
    assert.ok(
      one.memory > 0 && one.memory_reservation > 0 && one.memory_swap >= one.memory,
      one.name,
    );
    assert.ok(
      one.healthcheck.test.length > 1 && one.destroy_grace_seconds > 0 && one.log_opts["max-size"],
    );
    assert.match(one.cgroup_parent, /^plimsoll-local-.*\.slice$/);
  }
});

test("a slot is told the numbers of the budget", () => {
  const slot = containers(synth()).find(({ name }) => name === "plimsoll-local-chat-2");
  assert.deepEqual([slot.memory, slot.memory_reservation, slot.memory_swap], [300, 150, 360]);
  for (const line of [
    "NODE_OPTIONS=--max-old-space-size=212 --max-semi-space-size=8",
    "DATABASE_POOL_MAX=8",
    "DATABASE_HOST=plimsoll-local-postgres",
    "DATABASE_PASSWORD_FILE=/run/secrets/database-password",
    "MAX_CONNECTIONS=80",
    "SLOT_NAME=chat-2",
    "GUARD_ADMIN_URL=http://plimsoll-local-guard:9180",
  ]) {
    assert.ok(slot.env.includes(line), line);
  }
});

test("an app brings its own health check where its image has no bash", () => {
  const healthCommand: [string, ...string[]] = [
    "wget",
    "-q",
    "-O-",
    "http://127.0.0.1:3000/health",
  ];
  const slot = containers(synth({ services: { chat: { healthCommand } } })).find(({ name }) =>
    name.endsWith("chat-1"),
  );
  assert.deepEqual(slot.healthcheck.test, ["CMD", ...healthCommand]);
});

test("the guard reads back the backends that the stack writes", () => {
  const guard = containers(synth()).find(({ name }) => name === "plimsoll-local-guard");
  const text = guard.env
    .find((line: string) => line.startsWith("GUARD_BACKENDS="))
    .slice("GUARD_BACKENDS=".length);
  const backends = parseBackends(text, 10, (problem) => assert.fail(problem));
  assert.deepEqual(backends[0], {
    name: "chat-1",
    host: "plimsoll-local-chat-1",
    port: 3000,
    paths: ["/api/", "/health"],
    concurrency: 14,
    streams: 40,
    cgroup:
      "plimsoll.slice/plimsoll-local.slice/plimsoll-local-service.slice/plimsoll-local-service-chat.slice/plimsoll-local-service-chat-1.slice",
    limitBytes: 314_572_800,
  });
});

test("the data network has no way out, and only stores and apps are on it", () => {
  const stacks = synth();
  const networks = Object.values<Json>(stacks.get("local-data").resource.docker_network);
  assert.deepEqual(
    networks.map(({ name, internal }) => [name, internal]),
    [
      ["plimsoll-local-app", false],
      ["plimsoll-local-data", true],
      ["plimsoll-local-edge", false],
    ],
  );
  const isData = ({ name }: Json) =>
    name === "plimsoll-local-data" || name.startsWith("${docker_network.data.");
  const members = containers(stacks).filter((one) => one.networks_advanced.some(isData));
  assert.deepEqual(
    members.map(({ name }) => name).sort(),
    ["chat-1", "chat-2", "postgres", "redis"].map((name) => `plimsoll-local-${name}`),
  );
});

test("a server is reached over one ssh connection, the operator's options first", () => {
  const stacks = synth({ target: "ssh://root@203.0.113.10:2222", sshOptions: ["-F", "ssh.conf"] });
  const [provider] = stacks.get("local-edge").provider.docker;
  assert.equal(provider.host, "ssh://root@203.0.113.10:2222");
  assert.deepEqual(provider.ssh_opts.slice(0, 2), ["-F", "ssh.conf"]);
  assert.ok(provider.ssh_opts.includes("ControlMaster=auto"));
});

test("an engine without systemd gets paths as cgroup parents", () => {
  const [first] = containers(synth({}, { cgroupDriver: "cgroupfs" }));
  assert.match(first.cgroup_parent, /^\/plimsoll\/local\/service\/postgres$/);
});

test("each stack keeps its own state, and depends on the one before it", () => {
  const stacks = synth();
  assert.deepEqual(
    [...stacks.values()].map((stack) => stack.terraform.backend.local.path),
    ["host", "data", "app-chat-1", "app-chat-2", "edge"].map(
      (name) => `/srv/state/local-${name}.tfstate`,
    ),
  );
});

test("a shared state: every stack has a key of its own in the backend, and no credentials with it", () => {
  const target = "ssh://root@203.0.113.10";
  const backends = (state: Patch["state"]) =>
    [...synth({ target, state }).values()].map((stack) => stack.terraform.backend);
  const folder = "plimsoll/local/ssh-root-203.0.113.10-22";
  assert.deepEqual(
    backends({ backend: "s3", bucket: "b", region: "eu-central-1" }),
    ["host", "data", "app-chat-1", "app-chat-2", "edge"].map((name) => ({
      s3: {
        ...{ bucket: "b", key: `${folder}/local-${name}.tfstate`, region: "eu-central-1" },
        ...{ encrypt: true, use_lockfile: true },
      },
    })),
  );
  assert.deepEqual(backends({ backend: "gcs", bucket: "b" })[0], {
    gcs: { bucket: "b", prefix: `${folder}/local-host` },
  });
  assert.deepEqual(backends({ backend: "azurerm", storageAccount: "acct", container: "c" })[0], {
    azurerm: {
      ...{ storage_account_name: "acct", container_name: "c" },
      key: `${folder}/local-host.tfstate`,
    },
  });
  const address = "https://example.com/plimsoll_local_ssh-root-203.0.113.10-22_local-host";
  assert.deepEqual(backends({ backend: "http", address: "https://example.com" })[0], {
    http: {
      ...{ address, update_method: "POST", lock_address: `${address}/lock`, lock_method: "POST" },
      ...{ unlock_address: `${address}/lock`, unlock_method: "DELETE" },
    },
  });
  const schemas = backends({ backend: "pg" }).map(({ pg }) => pg);
  assert.match(schemas[0].schema_name, /^plimsoll_local-host_[0-9a-f]{12}$/);
  assert.deepEqual(Object.keys(schemas[0]), ["schema_name"]);
  assert.equal(new Set(schemas.map(({ schema_name }) => schema_name)).size, 5);
  assert.equal(backends({ backend: "consul" })[0].consul.path, `${folder}/local-host`);
  assert.equal(backends({ backend: "cos", bucket: "b", region: "r" })[0].cos.bucket, "b");
});

test("the names of the stacks are known without a synth", () => {
  assert.deepEqual(stackNames(localWith({})), [...synth().keys()]);
});

test("the same config synthesizes to the same bytes", () => {
  assert.deepEqual([...synth()], [...synth()]);
});
