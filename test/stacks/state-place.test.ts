import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readConfig } from "../../config/config.ts";
import type { StateSettings } from "../../config/state.ts";
import { placeText, statePlace, stateText } from "../../stacks/state-place.ts";
import { problemsOf } from "../support/environments.ts";

const ENGINE = "0b7f6b2e-9d4c-4f2a-8f0e-5f6f1f1d2c3a";
const TARGET = "ssh://root@chat.example.com";

/** As the config gives it, with its defaults. */
function stateOf(state: object): StateSettings {
  const [environment] = readConfig({ environments: { staging: { state, services: {} } } }, "/srv");
  assert.ok(environment);
  return environment.state;
}

function place(state: object, target = TARGET, stack = "staging-data") {
  const environment = { project: "shop", name: "staging", target, state: stateOf(state) };
  return statePlace({ environment, stateFolder: "/srv/state", engine: ENGINE }, stack);
}

const KEY = "shop/staging/ssh-root-chat.example.com-22/staging-data";

test("each backend gets a key of the stack's own", () => {
  assert.deepEqual(place({ backend: "local" }).settings, {
    path: "/srv/state/staging-data.tfstate",
  });
  assert.deepEqual(place({ backend: "s3", bucket: "b", region: "eu-central-1" }).settings, {
    bucket: "b",
    key: `${KEY}.tfstate`,
    region: "eu-central-1",
    encrypt: true,
    useLockfile: true,
  });
  assert.deepEqual(place({ backend: "gcs", bucket: "b", prefix: "team/a" }).settings, {
    bucket: "b",
    prefix: `team/a/${KEY}`,
  });
  assert.deepEqual(
    place({ backend: "azurerm", storageAccount: "acct", container: "c", azureAd: true }).settings,
    {
      storageAccountName: "acct",
      containerName: "c",
      useAzureadAuth: true,
      key: `${KEY}.tfstate`,
    },
  );
  const address =
    "https://git.example.com/state/shop_staging_ssh-root-chat.example.com-22_staging-data";
  assert.deepEqual(place({ backend: "http", address: "https://git.example.com/state/" }).settings, {
    ...{ address, updateMethod: "POST" },
    ...{ lockAddress: `${address}/lock`, lockMethod: "POST" },
    ...{ unlockAddress: `${address}/lock`, unlockMethod: "DELETE" },
  });
  assert.deepEqual(place({ backend: "pg" }).settings, {
    schemaName: "shop_staging-data_c4128ae0b676",
  });
  assert.deepEqual(place({ backend: "consul", address: "localhost:8500" }).settings, {
    ...{ address: "localhost:8500", path: KEY, lock: true },
  });
  assert.deepEqual(place({ backend: "cos", bucket: "b", region: "r" }).settings, {
    ...{ bucket: "b", region: "r", prefix: KEY, encrypt: true },
  });
  const oss = { tablestoreEndpoint: "https://t.example.com", tablestoreTable: "locks" };
  assert.deepEqual(place({ backend: "oss", bucket: "b", region: "r", ...oss }).settings, {
    ...{ bucket: "b", region: "r", prefix: KEY, ...oss, encrypt: true },
  });
});

test("a service that speaks S3 is not asked for what only AWS has; locks may be in a table", () => {
  const endpoint = "https://minio.example.com";
  const { settings } = place({ backend: "s3", bucket: "b", region: "auto", endpoint });
  assert.deepEqual(
    [
      settings["endpoints"],
      settings["usePathStyle"],
      settings["encrypt"],
      settings["skipS3Checksum"],
    ],
    [{ s3: endpoint }, true, false, true],
  );
  const table = { backend: "s3", bucket: "b", region: "r", dynamodbTable: "locks" };
  assert.deepEqual(
    [place(table).settings["dynamodbTable"], place(table).settings["useLockfile"]],
    ["locks", undefined],
  );
});

test("a local engine's shared state is that engine's alone, and asks for its id", () => {
  assert.deepEqual(place({ backend: "gcs", bucket: "b" }, "local").settings, {
    bucket: "b",
    prefix: "shop/staging/local-3cb630bdaff9/staging-data",
  });
  const environment = {
    ...{ project: "shop", name: "staging", target: "local" },
    state: stateOf({ backend: "gcs", bucket: "b" }),
  };
  assert.deepEqual(
    problemsOf(() => statePlace({ environment, stateFolder: "/srv" }, "staging-data")),
    [
      "environments.staging.state: must be kept for one Docker engine, and local is another one on each machine, " +
        "got gcs before anybody looked at this one; run ./plimsoll env staging first",
    ],
  );
});

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/);
const owner = fc.record({
  project: name,
  environment: name,
  target: fc.oneof(
    fc.constant("local"),
    fc.stringMatching(/^ssh:\/\/(?:[a-z_-]{1,4}@)?[a-z_.-]{1,4}[a-z](?::[1-9]\d{0,3})?$/),
  ),
  stack: fc.constantFrom("host", "data", "app-chat-1", "app-chat-11"),
});
const STATES: readonly StateSettings[] = [
  stateOf({ backend: "s3", bucket: "b", region: "r" }),
  stateOf({ backend: "http", address: "https://example.com" }),
  stateOf({ backend: "pg" }),
];

test("two environments never share a place, whatever they are called", () => {
  fc.assert(
    fc.property(owner, owner, fc.constantFrom(...STATES), (one, other, state) => {
      const text = ({ project, environment, target, stack }: typeof one) =>
        placeText(
          statePlace(
            {
              environment: { project, name: environment, target, state },
              ...{ stateFolder: "/srv", engine: ENGINE },
            },
            `${environment}-${stack}`,
          ),
        );
      const same =
        one.project === other.project &&
        one.environment === other.environment &&
        one.stack === other.stack;
      if (!same) assert.notEqual(text(one), text(other));
      assert.ok(!text(one).startsWith("pg ") || text(one).length <= "pg ".length + 63);
    }),
  );
});

test("what says where the state is, and what only says how to get there", () => {
  const s3 = { backend: "s3", bucket: "b", region: "r", prefix: "team" };
  assert.equal(stateText(stateOf(s3)), "s3 b/team");
  assert.equal(stateText(stateOf({ ...s3, profile: "ops" })), "s3 b/team");
  assert.equal(stateText(stateOf({ backend: "pg" })), "pg");
  assert.equal(stateText(stateOf({ backend: "local" })), "local");
});
