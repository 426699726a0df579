import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "../../config/environment.ts";
import { scenariosOf } from "../../core/scenarios.ts";
import { localWith } from "../support/environments.ts";

const capacityWith = (chat: object) => {
  const { capacity } = planOf(localWith({ services: { chat } }));
  assert.ok(capacity);
  return capacity;
};

test("the default stack: requests, streams and requests a second, each with the layer that binds", () => {
  const { requests, streams, requestsPerSecond } = capacityWith({});
  assert.deepEqual(
    [requests, streams, requestsPerSecond].map(({ value, binding }) => [value.value, binding]),
    [
      [28, "memory of the slots"],
      [80, "streams of the slots"],
      [56, "memory of the slots"],
    ],
  );
});

test("what one request needs decides which layer binds", () => {
  const short = capacityWith({ serviceTime: "50ms", cpuTime: "10ms" }).requestsPerSecond;
  assert.deepEqual([short.value.value, short.binding], [200, "cpus"]);
  const talkative = capacityWith({ serviceTime: "50ms", cpuTime: "1ms", databaseTime: "50ms" });
  assert.deepEqual(
    [talkative.requestsPerSecond.value.value, talkative.requestsPerSecond.binding],
    [320, "database connections"],
  );
});

test("each kind of traffic is answered with what fits, or with the servers that it takes", () => {
  const answers = scenariosOf(capacityWith({})).map(({ name, fits, servers }) => [
    name,
    fits,
    servers,
  ]);
  assert.deepEqual(answers, [
    ["up to 100 requests/s", false, 2],
    ["100 to 500 requests/s", false, 9],
    ["500 to 2000 requests/s", false, 36],
    ["above 2000 requests/s", false, 36],
  ]);
  const [low] = scenariosOf(capacityWith({ serviceTime: "100ms" }));
  assert.deepEqual([low?.fits, low?.servers], [true, 1]);
});
