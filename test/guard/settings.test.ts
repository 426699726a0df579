import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import fc from "fast-check";
import { NO_CONFIG } from "../../guard/guard-config.ts";
import type { IntegerRule } from "../../guard/integer-rule.ts";
import { INTEGER_ENTRIES, MAX_CONCURRENT } from "../../guard/integer-settings.ts";
import { ROUTE_KEYS } from "../../guard/route-settings.ts";
import {
  formatSettings,
  LOG_LEVELS,
  readSettings,
  type Settings,
  VARIABLES,
} from "../../guard/settings.ts";
import { SettingsError } from "../../guard/settings-error.ts";

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

test("one backend is enough; all else has a default", () => {
  assert.deepEqual(readSettings({ GUARD_BACKENDS: "chat-1=http://chat-1:3000" }), {
    listen: { host: "0.0.0.0", port: 8080 },
    adminListen: { host: "127.0.0.1", port: 9180 },
    backends: [
      {
        name: "chat-1",
        host: "chat-1",
        port: 3000,
        paths: ["/"],
        concurrency: 10,
        streams: 40,
        cgroup: undefined,
        limitBytes: undefined,
      },
    ],
    acquireTimeoutMs: 10_000,
    queueRequests: 128,
    readTimeoutMs: 300_000,
    stallTimeoutMs: 60_000,
    drainTimeoutMs: 30_000,
    streamDrainTimeoutMs: 300_000,
    checkIntervalMs: 100,
    estimatedMb: 200,
    warningPercent: 70,
    maxPercent: 80,
    criticalPercent: 85,
    observe: false,
    configPath: undefined,
    costFile: undefined,
    config: { routes: [], criticalityHeader: undefined, clientHeader: "x-forwarded-for" },
    maxResultBytes: 0,
    breakerFailures: 5,
    breakerSuccesses: 3,
    breakerTimeoutMs: 10_000,
    breakerResetMs: 30_000,
    maxRetries: 1,
    enabled: true,
    logLevel: "info",
  });
});

test("reads every variable", () => {
  const settings = readSettings({
    GUARD_LISTEN: "[::]:81",
    GUARD_ADMIN_LISTEN: "0.0.0.0:82",
    GUARD_BACKENDS:
      "chat-1=http://plimsoll-local-chat-1:3000;path=/;concurrency=14;streams=40, api=http://10.0.0.2;path=/api/v1;path=/files/;cgroup=plimsoll/app/api-1;limit=300MiB",
    MAX_CONCURRENT: "7",
    GUARD_ACQUIRE_TIMEOUT_MS: "0",
    GUARD_QUEUE_REQUESTS: "3",
    GUARD_READ_TIMEOUT_MS: "1000",
    GUARD_STALL_TIMEOUT_MS: "2000",
    GUARD_DRAIN_TIMEOUT_MS: "4000",
    GUARD_STREAM_DRAIN_TIMEOUT_MS: "5000",
    MEMORY_GUARD_ENABLED: "false",
    MEMORY_GUARD_WARNING_PERCENT: "0.65",
    MEMORY_GUARD_MAX_PERCENT: "0.75",
    MEMORY_GUARD_CRITICAL_PERCENT: ".905",
    MEMORY_GUARD_CHECK_INTERVAL_SEC: "0.5",
    MEMORY_GUARD_ESTIMATED_MEM_PER_REQ_MB: "12",
    GUARD_OBSERVE: "true",
    GUARD_COST_FILE: "/tmp/costs.json",
    MAX_RESULT_SIZE: "5242880",
    CIRCUIT_BREAKER_FAILURE_THRESHOLD: "6",
    CIRCUIT_BREAKER_SUCCESS_THRESHOLD: "2",
    CIRCUIT_BREAKER_TIMEOUT: "7000",
    CIRCUIT_BREAKER_RESET_TIMEOUT_MS: "8000",
    RETRY_MAX_RETRIES: "3",
    LOG_LEVEL: "warn",
    PATH: "/usr/bin",
  });
  assert.deepEqual(settings, {
    listen: { host: "::", port: 81 },
    adminListen: { host: "0.0.0.0", port: 82 },
    backends: [
      {
        name: "chat-1",
        host: "plimsoll-local-chat-1",
        port: 3000,
        paths: ["/"],
        concurrency: 14,
        streams: 40,
        cgroup: undefined,
        limitBytes: undefined,
      },
      {
        name: "api",
        host: "10.0.0.2",
        port: 80,
        paths: ["/api/v1", "/files/"],
        concurrency: 7,
        streams: 40,
        cgroup: "plimsoll/app/api-1",
        limitBytes: 314_572_800,
      },
    ],
    acquireTimeoutMs: 0,
    queueRequests: 3,
    readTimeoutMs: 1_000,
    stallTimeoutMs: 2_000,
    drainTimeoutMs: 4_000,
    streamDrainTimeoutMs: 5_000,
    enabled: false,
    checkIntervalMs: 500,
    estimatedMb: 12,
    warningPercent: 65,
    maxPercent: 75,
    criticalPercent: 90.5,
    observe: true,
    configPath: undefined,
    costFile: "/tmp/costs.json",
    config: { routes: [], criticalityHeader: undefined, clientHeader: "x-forwarded-for" },
    maxResultBytes: 5_242_880,
    breakerFailures: 6,
    breakerSuccesses: 2,
    breakerTimeoutMs: 7_000,
    breakerResetMs: 8_000,
    maxRetries: 3,
    logLevel: "warn",
  });
});

test("lists every problem at once, with name, rule, value and fix", () => {
  assert.deepEqual(
    problemsOf({
      GUARD_LISTEN: "8080",
      GUARD_ADMIN_LISTEN: "0.0.0.0:70000",
      GUARD_BACKENDS: "",
      MAX_CONCURRENT: "0",
      GUARD_ACQUIRE_TIMEOUT_MS: "10s",
      GUARD_DRAIN_TIMEOUT: "5",
      LOG_LEVEL: "loud",
    }),
    [
      'GUARD_LISTEN: must be host:port, got "8080"; write 0.0.0.0:8080',
      'GUARD_ADMIN_LISTEN: must be host:port, got "0.0.0.0:70000"; write 127.0.0.1:9180',
      'MAX_CONCURRENT: must be a whole number of requests from 1 to 10000, got "0"; leave it out for 10',
      'GUARD_BACKENDS: must name a backend, got ""; write chat-1=http://chat-1:3000;path=/;concurrency=14;streams=40',
      'GUARD_ACQUIRE_TIMEOUT_MS: must be a whole number of milliseconds from 0 to 300000, got "10s"; leave it out for 10000',
      'LOG_LEVEL: must be one of debug, info, warn, error, got "loud"; write info',
      'GUARD_DRAIN_TIMEOUT: must be a known variable, got "5"; known are GUARD_LISTEN, GUARD_ADMIN_LISTEN, GUARD_BACKENDS, GUARD_CONFIG, GUARD_OBSERVE, GUARD_COST_FILE, GUARD_ACQUIRE_TIMEOUT_MS, GUARD_QUEUE_REQUESTS, GUARD_READ_TIMEOUT_MS, GUARD_STALL_TIMEOUT_MS, GUARD_DRAIN_TIMEOUT_MS, GUARD_STREAM_DRAIN_TIMEOUT_MS',
    ],
  );
});

const NOT_NUMBERS = ["-1", "1.5", "1e3", "0x10", "٣", "99999999999", "NaN", "10 "];
for (const text of NOT_NUMBERS) {
  test(`"${text}" is no whole number`, () => {
    const problems = problemsOf({ GUARD_BACKENDS: "a=http://a:1", GUARD_QUEUE_REQUESTS: text });
    assert.deepEqual(problems, [
      `GUARD_QUEUE_REQUESTS: must be a whole number of requests from 0 to 10000, got "${text}"; leave it out for 128`,
    ]);
  });
}

test("what is neither true nor false is told", () => {
  assert.deepEqual(problemsOf({ GUARD_BACKENDS: "a=http://a:1", MEMORY_GUARD_ENABLED: "yes" }), [
    'MEMORY_GUARD_ENABLED: must be true or false, got "yes"; write true',
  ]);
});

test("thresholds out of order are told with all three names", () => {
  const environment = { GUARD_BACKENDS: "a=http://a:1", MEMORY_GUARD_WARNING_PERCENT: "0.82" };
  assert.deepEqual(problemsOf(environment), [
    "MEMORY_GUARD_WARNING_PERCENT, MEMORY_GUARD_MAX_PERCENT, MEMORY_GUARD_CRITICAL_PERCENT: must rise in this order, got 0.82, 0.80, 0.85; write 0.70, 0.80, 0.85",
  ]);
});

test("a threshold is a share", () => {
  const environment = { GUARD_BACKENDS: "a=http://a:1", MEMORY_GUARD_MAX_PERCENT: "80" };
  assert.deepEqual(problemsOf(environment), [
    'MEMORY_GUARD_MAX_PERCENT: must be a share from 0.01 to 1, got "80"; leave it out for 0.80',
  ]);
});

const integer = (rule: { min: number; max: number }) =>
  fc.integer({ min: rule.min, max: rule.max });
const PLAIN = { noNullPrototype: true };
const address = fc.record(
  {
    host: fc.constantFrom("0.0.0.0", "127.0.0.1", "::", "::1", "guard"),
    port: fc.integer({ min: 0, max: 65_535 }),
  },
  PLAIN,
);
const backend = fc.record(
  {
    name: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/),
    host: fc.constantFrom("chat-1", "10.0.0.2", "[::1]"),
    port: fc.integer({ min: 1, max: 65_535 }),
    paths: fc.constantFrom(["/"], ["/api", "/chat/"], ["/export-1.x~_"]),
    concurrency: fc.integer({ min: 1, max: 10_000 }),
    streams: fc.integer({ min: 0, max: 10_000 }),
    cgroup: fc.constantFrom(undefined, "plimsoll.slice/plimsoll-app.slice", "plimsoll/app/chat/1"),
    limitBytes: fc.constantFrom(undefined, 1, 300 * 2 ** 20, 2 ** 31),
  },
  PLAIN,
);
const integers = Object.fromEntries(INTEGER_ENTRIES.map(([key, rule]) => [key, integer(rule)]));
const anySettings = fc.record(
  {
    ...integers,
    listen: address,
    adminListen: address,
    backends: fc.uniqueArray(backend, { selector: ({ name }) => name, minLength: 1, maxLength: 5 }),
    enabled: fc.boolean(),
    observe: fc.boolean(),
    configPath: fc.constant(undefined),
    costFile: fc.constantFrom(undefined, "/var/costs.json"),
    config: fc.constant(NO_CONFIG),
    warningPercent: fc.integer({ min: 1, max: 30 }),
    maxPercent: fc.integer({ min: 31, max: 60 }),
    criticalPercent: fc.integer({ min: 61, max: 100 }),
    logLevel: fc.constantFrom(...LOG_LEVELS),
  },
  PLAIN,
) as unknown as fc.Arbitrary<Settings>;

test("settings written as an environment are read back the same", () => {
  fc.assert(
    fc.property(anySettings, (settings) => {
      assert.deepEqual(readSettings(formatSettings(settings)), settings);
    }),
  );
});

test("any text in any variable gives settings or a list of problems, nothing else", () => {
  const environment = fc.dictionary(fc.constantFrom(...VARIABLES), fc.string());
  fc.assert(fc.property(environment, (each) => problemsOf(each).every((line) => line !== "")));
});

test("the README documents every variable with its default and range", () => {
  const readme = readFileSync(new URL("../../guard/README.md", import.meta.url), "utf8");
  for (const name of VARIABLES) assert.ok(readme.includes(`\`${name}\``), name);
  for (const key of ROUTE_KEYS) assert.ok(readme.includes(`| \`${key}\` |`), key);
  const rules: IntegerRule[] = [MAX_CONCURRENT, ...INTEGER_ENTRIES.map(([, rule]) => rule)];
  for (const rule of rules) {
    const row = `| \`${rule.name}\` | ${rule.unit} | ${rule.default} | ${rule.min} to ${rule.max} |`;
    assert.ok(readme.includes(row), `the README lacks: ${row}`);
  }
});
