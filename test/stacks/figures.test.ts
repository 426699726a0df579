import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "../../config/environment.ts";
import type { Destination, Figure } from "../../core/figure.ts";
import type { Plan } from "../../core/plan.ts";
import { GIB, KIB, MIB, MINUTE_MS, SECOND_MS } from "../../core/units.ts";
import { type DeclaredContainer, declaredContainers } from "../../stacks/declared.ts";
import { localWith } from "../support/environments.ts";

const TLS = { certificate: "/etc/tls/a.pem", key: "/etc/tls/a.key" };
const CONFIGS = {
  "the default stack": {},
  "a store, TLS and gunicorn": {
    tls: TLS,
    services: {
      chat: { runtime: "gunicorn", llmRequests: 8, requests: 40 },
      redis: { role: "store" },
      postgres: { major: 18 },
    },
  },
  "gevent and Postgres 19": {
    services: { chat: { runtime: "gevent", ssePaths: [] }, postgres: { major: 19 } },
  },
  uvicorn: { services: { chat: { runtime: "uvicorn" } } },
} as const;

const UNITS: Readonly<Record<string, number>> = {
  ...{ "": 1, "%": 1, b: 1, "r/s": 1 },
  ...{ k: KIB, kb: KIB, m: MIB, mb: MIB, mib: MIB, g: GIB, gb: GIB },
  ...{ ms: 1, s: SECOND_MS, min: MINUTE_MS },
};
/** Not quantities: addresses, protocol versions, answer codes, names of algorithms. */
const NAMES =
  /\b\d+\.\d+\.\d+\.\d+\b|TLSv[\d.]+|http_version [\d.]+|HTTP\/[\d.]+|sha-256|(?:return|error_page|_status) [45\d]\d\d(?: \d{3})*|=404|\bchat-\d\b|lz4/g;

const CONFIG_VARIABLE = "PLIMSOLL_CONFIG_FILE=";
/** The routes of the config, word for word: nothing is computed from them. */
const ROUTES_VARIABLE = "GUARD_CONFIG=";

function fileOf({ attributes }: DeclaredContainer): string {
  const env = attributes["env"] as string[];
  const file = env.find((line) => line.startsWith(CONFIG_VARIABLE)) ?? "";
  return file
    .slice(CONFIG_VARIABLE.length)
    .replace(/^\s*#.*$/gm, "")
    .replace(NAMES, "");
}

/** Every number of a text with each meaning that its unit allows; shares are percents. */
function numbers(text: string): { written: string; values: number[] }[] {
  return [...text.matchAll(/(?<![\w.$])(\d+(?:\.\d+)?)(r\/s|%|[A-Za-z]*)(?![\w.])/g)].map(
    ([written, digits = "", unit = ""]) => {
      const amount = Number(digits);
      const factor = UNITS[unit.toLowerCase()];
      assert.ok(factor, `unit of ${written}`);
      return {
        written,
        values: [
          amount * factor,
          ...(unit === "" ? [amount * SECOND_MS, amount * MIB, Math.round(amount * 100)] : []),
        ],
      };
    },
  );
}

/** Zero and one say that something is off, on, or one. */
const isWord = (values: readonly number[]) => values[0] === 0 || values[0] === 1;

function figureValues(plan: Plan): Set<number> {
  const values = [...plan.figures.values()].map(({ value }) => value);
  return new Set(values.filter((value): value is number => typeof value === "number"));
}

/** Environments and the container's own settings, as one text. */
function settingsOf({ attributes }: DeclaredContainer): string {
  const env = (attributes["env"] as string[]).filter(
    (line) => !line.startsWith(CONFIG_VARIABLE) && !line.startsWith(ROUTES_VARIABLE),
  );
  return env.map((line) => line.replace(NAMES, "").replace(/:(\d+)/g, " $1")).join("\n");
}

const NUMERIC = [
  ...["memory", "memory_reservation", "shm_size"],
  ...["stop_timeout", "destroy_grace_seconds", "wait_timeout"],
];

for (const [name, patch] of Object.entries(CONFIGS)) {
  const environment = localWith(patch as Parameters<typeof localWith>[0]);
  const plan = planOf(environment);
  const images = {
    guard: "g:1",
    nginx: "n:1",
    postgres: "p:1",
    redis: "r:1",
    apps: { chat: "c:1" },
  };
  const containers = declaredContainers({
    ...{ environment, plan, images, cgroupDriver: "systemd" as const },
    stateFolder: "/srv/state",
  });
  const known = figureValues(plan);
  const isKnown = (values: readonly number[]) =>
    isWord(values) || values.some((one) => known.has(one));

  test(`${name}: every number of the rendered files is a figure`, () => {
    const texts = containers.map(fileOf).filter((text) => text !== "");
    assert.equal(texts.length, 3);
    const unknown = texts.flatMap(numbers).filter(({ values }) => !isKnown(values));
    assert.deepEqual(
      unknown.map(({ written }) => written),
      [],
    );
  });

  test(`${name}: every number that a container is made with or told is a figure`, () => {
    const told = containers.flatMap((one) => numbers(settingsOf(one)));
    const made = containers.flatMap(({ attributes }) =>
      NUMERIC.filter((key) => attributes[key] !== undefined).map((key) => {
        const amount = Number(attributes[key]);
        return { written: `${key} ${amount}`, values: [amount * MIB, amount * SECOND_MS] };
      }),
    );
    const unknown = [...told, ...made].filter(({ values }) => !isKnown(values));
    assert.deepEqual(
      unknown.map(({ written }) => written),
      [],
    );
  });

  test(`${name}: every figure that is written somewhere is found there`, () => {
    const file = (service: string) =>
      containers
        .filter((one) => one.name.endsWith(service))
        .map(fileOf)
        .join("\n");
    const all = containers
      .map((one) => `${settingsOf(one)}\n${JSON.stringify(one.attributes)}`)
      .join("\n");
    const texts: Record<Exclude<Destination, "container">, string> = {
      "nginx.conf": file("nginx"),
      "postgresql.conf": file("postgres"),
      "redis.conf": file("redis"),
      environment: all.replace(NAMES, "").replace(/[=:;-]+/g, " "),
    };
    const found = new Map(
      Object.entries(texts).map(([to, text]) => [
        to,
        new Set(numbersLoosely(text).flatMap(({ values }) => values)),
      ]),
    );
    const missing = [...plan.figures.values()].filter((figure) => isMissing(figure, found));
    const allowed = environment.tls
      ? []
      : ["nginx.tls_port", "nginx.ssl_session_timeout", "nginx.strict_transport_security"];
    assert.deepEqual(
      missing.map(({ id }) => id).filter((id) => !allowed.includes(id)),
      [],
    );
  });

  test(`${name}: every input of a figure is a figure`, () => {
    const inputs = [...plan.figures.values()].flatMap((figure) => figure.inputs);
    assert.deepEqual(
      inputs.filter((id) => !plan.figures.has(id)),
      [],
    );
  });
}

/** As `numbers`, of a text in which digits also stand in words. */
function numbersLoosely(text: string): { values: number[] }[] {
  return [...text.matchAll(/(\d+(?:\.\d+)?)(r\/s|%|[A-Za-z]*)/g)].map(
    ([, digits = "", unit = ""]) => {
      const amount = Number(digits);
      const factor = UNITS[unit.toLowerCase()] ?? 1;
      return {
        values: [amount * factor, amount * SECOND_MS, amount * MIB, Math.round(amount * 100)],
      };
    },
  );
}

function isMissing({ value, writtenIn }: Figure, found: Map<string, Set<number>>): boolean {
  if (writtenIn === undefined || writtenIn === "container" || typeof value !== "number")
    return false;
  return value > 1 && !found.get(writtenIn)?.has(value);
}
