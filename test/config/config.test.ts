import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { MIB } from "../../core/units.ts";
import { localWith, problemsOf, ROOT } from "../support/environments.ts";

const CHAT = { kind: "app", image: "chat:1", limit: "300MiB", memoryPerRequest: "12MiB" };

function refused(environments: object, base: object = {}): readonly string[] {
  return problemsOf(() => readConfig({ base, environments }, "/srv"));
}

test("the three shipped environments are read, in order", async () => {
  const environments = await loadConfig(ROOT, {});
  assert.deepEqual(
    environments.map(({ name, target, port }) => [name, target, port]),
    [
      ["local", "local", 8080],
      ["staging", "local", 8081],
      ["production", "ssh://root@chat.example.com", 80],
    ],
  );
});

test("an environment inherits from the base, replaces lists, and null takes a key out", () => {
  const environment = localWith({
    server: { memory: "3900MiB" },
    services: { chat: { paths: ["/v2/"] }, redis: null },
  });
  assert.equal(environment.server.memory, 3900 * MIB);
  assert.equal(environment.server.cpus, 2);
  assert.deepEqual(Object.keys(environment.services), ["chat", "postgres", "site"]);
  assert.deepEqual(
    environment.services["chat"]?.kind === "app" && environment.services["chat"].paths,
    ["/v2/"],
  );
});

test("the run's target wins over the config's", async () => {
  const environments = await loadConfig(ROOT, {
    PLIMSOLL_TARGET: "ssh://ops@10.1.2.3:2222",
    PLIMSOLL_SSH_OPTIONS: "-F ssh.conf",
  });
  assert.deepEqual(environments[0]?.target, "ssh://ops@10.1.2.3:2222");
  assert.deepEqual(environments[0]?.sshOptions, ["-F", "ssh.conf"]);
});

test("an unknown key is named with its path", () => {
  assert.deepEqual(refused({ local: { services: { chat: { ...CHAT, slotz: 2 } } } }), [
    "environments.local.services.chat.slotz: unknown key; remove it or correct its name",
  ]);
});

test("an unknown key beside environments is named", () => {
  assert.deepEqual(
    problemsOf(() => readConfig({ environments: {}, enviroments: {} }, "/srv")),
    ["enviroments: unknown key; remove it or correct its name"],
  );
});

test("a size without a unit, or with one that means two things, is refused with the right form", () => {
  assert.deepEqual(
    refused({
      local: { server: { memory: "512" }, services: { chat: { ...CHAT, limit: "300MB" } } },
    }),
    [
      'environments.local.server.memory: must be a size with KiB, MiB or GiB, got "512"; write it like "300MiB"',
      'environments.local.services.chat.limit: must be a size with KiB, MiB or GiB, got "300MB"; write it like "300MiB"',
    ],
  );
});

test("negative and absurd sizes are refused", () => {
  const [negative, cpus, absurd] = refused({
    local: { server: { memory: "-5MiB", disk: "9999999GiB", cpus: -2 }, services: {} },
  });
  assert.match(
    negative ?? "",
    /^environments\.local\.server\.memory: .*got "-5MiB"; write it like "300MiB"$/,
  );
  assert.match(
    absurd ?? "",
    /^environments\.local\.server\.disk: .*got "9999999GiB"; use a smaller one$/,
  );
  assert.match(cpus ?? "", /^environments\.local\.server\.cpus: must be from 0\.5 to 256, got -2$/);
});

test("a problem that the base brings is named once, in the base", () => {
  assert.deepEqual(
    refused({ local: {}, staging: { port: 8081 } }, { services: { chat: { ...CHAT, slots: 0 } } }),
    ["base.services.chat.slots: must be from 1 to 16, got 0"],
  );
});

test("every problem is listed at once", () => {
  const problems = refused({
    "L!": { services: {} },
    local: {
      port: 99_999,
      target: "tcp://x",
      services: { chat: { kind: "foo" }, cache: { kind: "redis", limit: 96 } },
    },
  });
  assert.deepEqual(problems, [
    'environments.L!: must be 2 to 32 lower-case letters, digits and dashes, a letter first, got "L!"',
  ]);
  assert.deepEqual(
    refused({
      local: {
        port: 99_999,
        target: "tcp://x",
        services: { chat: { kind: "foo" }, cache: { kind: "redis", limit: 96 } },
      },
    }),
    [
      'environments.local.target: must be a Docker host, got "tcp://x"; write "local" or "ssh://user@host:port"',
      "environments.local.port: must be a port from 1 to 65535, got 99999",
      'environments.local.services.chat.kind: kind must be "app", "postgres", "redis" or "site", got "foo"; name one of them',
      'environments.local.services.cache.limit: must be a size with KiB, MiB or GiB, got 96; write it like "300MiB"',
    ],
  );
});

test("an app needs an image or a build, not both", () => {
  const { image: _, ...bare } = CHAT;
  assert.match(
    refused({ local: { services: { chat: bare } } })[0] ?? "",
    /services\.chat\.image: image or build is required/,
  );
  const both = { ...CHAT, build: { context: "." } };
  assert.match(
    refused({ local: { services: { chat: both } } })[0] ?? "",
    /services\.chat\.build: image and build exclude each other/,
  );
});

test("two environments may not claim one port of one target", () => {
  const services = { chat: CHAT };
  assert.deepEqual(refused({ local: { services }, staging: { services } }), [
    "environments.staging.port: one port of local serves one environment, got 8080 like environments.local; give each its own",
  ]);
});

test("a run on one target checks ports among that target's environments", () => {
  const services = { chat: CHAT };
  const environments = { local: { services }, far: { services, target: "ssh://far.example.com" } };
  assert.equal(readConfig({ environments }, "/srv").length, 2);
});

test("a site and an app cannot both own /", () => {
  assert.deepEqual(
    refused({ local: { services: { chat: CHAT, www: { kind: "site", directory: "." } } } }),
    [
      'environments.local.services.chat.paths: / belongs to the site www, got an app there too; give the app prefixes such as "/api/"',
    ],
  );
});

test("a service has no name that the stack uses itself, and none of another's container", () => {
  const store = { kind: "postgres" };
  assert.deepEqual(refused({ local: { services: { guard: store } } }), [
    "environments.local.services.guard: not a name that the stack uses itself, got guard; call it by what it does",
  ]);
  const slots = { ...CHAT, slots: 2 };
  assert.deepEqual(refused({ local: { services: { chat: slots, "chat-2": store } } }), [
    "environments.local.services.chat-2: one container for each name, got chat-2 of services.chat too; call it something else",
  ]);
});

test("two apps cannot own one path", () => {
  assert.deepEqual(refused({ local: { services: { chat: CHAT, other: CHAT } } }), [
    "environments.local.services.other.paths: one app for each path, got / like services.chat; give each its own",
  ]);
});

test("a config that is not there says how to write one", async () => {
  await assert.rejects(
    loadConfig("/nonexistent", {}),
    /plimsoll\.config\.ts: no config there; write it as the README shows/,
  );
});

test("how many images stay is at least the one before", () => {
  const refused = problemsOf(() => localWith({ host: { keepImages: 0 } }));
  assert.match(refused[0] ?? "", /host\.keepImages: must be from 1 to 50, got 0/);
  assert.equal(localWith({ host: {} }).host?.keepImages, 3);
});
