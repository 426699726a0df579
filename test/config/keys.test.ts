import assert from "node:assert/strict";
import { test } from "node:test";
import { keyGroups } from "../../config/keys.ts";

const key = (title: string, path: string) =>
  keyGroups()
    .find((group) => group.title === title)
    ?.keys.find((one) => one.path === path);

test("the keys come in groups: the environment, what is nested in it, and each kind of service and backend", () => {
  assert.deepEqual(
    keyGroups().map(({ title }) => title),
    [
      ...["environment", "server", "host", "tls", "limits", "timeouts", "guard", "alerts"],
      ...['kind: "app"', 'kind: "postgres"', 'kind: "redis"', 'kind: "site"'],
      ...['backend: "local"', 'backend: "s3"', 'backend: "gcs"', 'backend: "azurerm"'],
      ...['backend: "http"', 'backend: "pg"', 'backend: "consul"', 'backend: "cos"'],
      'backend: "oss"',
    ],
  );
});

test("a size is told with its units and its default as one writes it", () => {
  assert.deepEqual(key("server", "server.memory"), {
    path: "server.memory",
    type: "size in KiB, MiB or GiB",
    range: "",
    default: '"1950MiB"',
    computed: undefined,
    required: false,
    what: 'MemTotal as the kernel reports it; a "2 GB" server has about 1950 MiB.',
  });
});

test("ranges, choices, lists and nested keys are told", () => {
  assert.equal(key("limits", "limits.burst")?.range, "0 to 10000");
  assert.equal(key("limits", "limits.requestsPerSecond")?.range, "above 0, at most 10000");
  assert.equal(key("environment", "images")?.type, '"auto", "official", "debian"');
  assert.equal(key('kind: "app"', "services.<name>.paths")?.type, "list of URL path");
  assert.equal(key('kind: "app"', "services.<name>.build.context")?.required, true);
});
