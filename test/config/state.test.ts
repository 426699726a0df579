import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "../../config/config.ts";
import { problemsOf } from "../support/environments.ts";

const refused = (state: unknown) =>
  problemsOf(() => readConfig({ environments: { staging: { state, services: {} } } }, "/srv"));

test("the state is local unless the config says otherwise", () => {
  const environments = { one: { services: {} }, two: { services: {}, state: null, port: 81 } };
  const base = { state: { backend: "pg" } };
  assert.deepEqual(readConfig({ environments: { one: { services: {} } } }, "/srv")[0]?.state, {
    backend: "local",
  });
  assert.deepEqual(
    readConfig({ base, environments }, "/srv").map(({ state }) => state.backend),
    ["pg", "local"],
  );
});

test("credentials are refused, never shown, and told where they go", () => {
  const cases: readonly [state: object, problem: string][] = [
    [
      { backend: "s3", bucket: "b", region: "r", accessKey: "AKIAHIDDEN" },
      "accessKey: no credentials in the config, got one that is not shown; put it into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile",
    ],
    [
      { backend: "gcs", bucket: "b", credentials: "HIDDEN" },
      "credentials: no credentials in the config, got one that is not shown; put it into GOOGLE_CREDENTIALS or GOOGLE_APPLICATION_CREDENTIALS",
    ],
    [
      { backend: "azurerm", storageAccount: "a", container: "c", sas_token: "HIDDEN" },
      "sas_token: no credentials in the config, got one that is not shown; put it into ARM_ACCESS_KEY, ARM_SAS_TOKEN or ARM_CLIENT_SECRET",
    ],
    [
      { backend: "http", address: "https://ann:HIDDEN@example.com/x" },
      'address: must have no user, password or query, got "https://ann:***@example.com/x"; put them into TF_HTTP_USERNAME and TF_HTTP_PASSWORD',
    ],
    [
      { backend: "http", address: "https://example.com/x?private_token=HIDDEN" },
      'address: must have no user, password or query, got "https://example.com/x?private_token=***"; put them into TF_HTTP_USERNAME and TF_HTTP_PASSWORD',
    ],
    [
      { backend: "pg", url: "postgres://ann:HID@DEN/x@db.example.com/tf" },
      'url: must have no password, got "postgres://ann:***@db.example.com/tf"; put it into PGPASSWORD, or all of it into PG_CONN_STR',
    ],
    [
      { backend: "pg", url: "postgres://db.example.com/tf?password=HIDDEN" },
      'url: must have no password, got "postgres://db.example.com/tf?password=***"; put it into PGPASSWORD, or all of it into PG_CONN_STR',
    ],
    [
      { backend: "pg", connStr: "postgres://ann:HIDDEN@db.example.com/tf" },
      "connStr: no credentials in the config, got one that is not shown; put it into PG_CONN_STR or PGPASSWORD",
    ],
  ];
  for (const [state, problem] of cases) {
    assert.deepEqual(refused(state), [`environments.staging.state.${problem}`]);
  }
});

test("a backend that nobody knows names those that are known", () => {
  assert.deepEqual(refused({ backend: "S3", secretKey: "HIDDEN" }), [
    'environments.staging.state.backend: backend must be "local", "s3", "gcs", "azurerm", "http", "pg", "consul", "cos" or "oss", got "S3"; name one of them',
  ]);
});

test("what a backend needs is asked for, and what is not its own is refused", () => {
  assert.deepEqual(refused({ backend: "s3", bucket: "b", schema: "x" }), [
    "environments.staging.state.region: must be text, got nothing",
    "environments.staging.state.schema: unknown key; remove it or correct its name",
  ]);
  assert.deepEqual(refused({ backend: "gcs", bucket: "b", prefix: "/a/" }), [
    'environments.staging.state.prefix: must be a path without slashes at its ends, got "/a/"; write it like "team/plimsoll"',
  ]);
  assert.deepEqual(refused({ backend: "pg", url: "db.example.com" }), [
    'environments.staging.state.url: must be a connection URL, got "db.example.com"; write it like "postgres://db.example.com/terraform"',
  ]);
});
