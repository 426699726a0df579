import { formatBytes, parseBytes } from "./byte-size.ts";
import { type IntegerRule, integerProblem, parseInteger } from "./integer-rule.ts";

/** One slot that requests are sent to. */
export interface BackendSettings {
  /** Label in metrics and logs, unique. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /**
   * Prefixes of the requests it serves; the longest one that matches wins. Default `/`. Backends that share one
   * prefix share all of them: together they are one pool.
   */
  readonly paths: readonly string[];
  /** Requests at work at once. Default MAX_CONCURRENT. */
  readonly concurrency: number;
  /** Event streams and WebSockets open at once. */
  readonly streams: number;
  /** The slot's cgroup below /sys/fs/cgroup; with version 1 without the controller's folder. */
  readonly cgroup: string | undefined;
  /** The slot's memory limit, where its cgroup tells none or a higher one. */
  readonly limitBytes: number | undefined;
}

export const CONCURRENCY: IntegerRule = {
  name: "concurrency",
  unit: "requests",
  default: 10,
  min: 1,
  max: 10_000,
};
export const STREAMS: IntegerRule = {
  name: "streams",
  unit: "streams",
  default: 40,
  min: 0,
  max: 10_000,
};

type Report = (problem: string) => void;

interface TextRule {
  readonly name: string;
  readonly says: string;
  readonly example: string;
  accepts(text: string): boolean;
}

const NAME: TextRule = {
  name: "name",
  says: "must be lower-case letters, digits and dashes",
  example: "chat-1",
  accepts: (text) => /^[a-z0-9][a-z0-9-]{0,62}$/.test(text),
};
const ORIGIN: TextRule = {
  name: "url",
  says: "must be http://host:port and nothing more",
  example: "http://chat-1:3000",
  accepts: (text) => /^http:\/\/[^/?#@]+\/?$/.test(text) && URL.canParse(text),
};
const PATH: TextRule = {
  name: "path",
  says: "must begin with / and hold only letters, digits and -._~/",
  example: "path=/api",
  accepts: (text) => /^\/[\w\-.~/]*$/.test(text),
};
const CGROUP: TextRule = {
  name: "cgroup",
  says: "must be a path below /sys/fs/cgroup without ..",
  example: "cgroup=plimsoll/app/chat-1",
  accepts: (text) => /^[\w\-./:@]+$/.test(text) && !text.includes(".."),
};

const LIMIT: TextRule = {
  name: "limit",
  says: "must be a size above 0 in MiB, GiB or bytes",
  example: "limit=300MiB",
  accepts: (text) => parseBytes(text) > 0,
};

const VARIABLE = "GUARD_BACKENDS";
const EXAMPLE = "chat-1=http://chat-1:3000;path=/;concurrency=14;streams=40";
const ATTRIBUTES = ["path", "concurrency", "streams", "cgroup", "limit"];
const HTTP_PORT = "80";

/** The value of GUARD_BACKENDS that `parseBackends` reads back as the same backends. */
export function formatBackends(backends: readonly BackendSettings[]): string {
  return backends
    .map(({ name, host, port, paths, concurrency, streams, cgroup, limitBytes }) =>
      [
        `${name}=http://${host}:${port}`,
        ...paths.map((path) => `path=${path}`),
        `concurrency=${concurrency}`,
        `streams=${streams}`,
        ...(cgroup === undefined ? [] : [`cgroup=${cgroup}`]),
        ...(limitBytes === undefined ? [] : [`limit=${formatBytes(limitBytes)}`]),
      ].join(";"),
    )
    .join(",");
}

/**
 * Reads `name=http://host:port;key=value;...,name=...`. Where a rule is broken, `report` is told and
 * the result is not to be used.
 */
export function parseBackends(
  text: string,
  maxConcurrent: number,
  report: Report,
): readonly BackendSettings[] {
  const entries = text.split(",").filter((entry) => entry.trim() !== "");
  if (entries.length === 0) {
    report(`${VARIABLE}: must name a backend, got "${text}"; write ${EXAMPLE}`);
  }
  const backends = entries.map((entry) => parseEntry(entry, maxConcurrent, report));
  reportNames(backends, report);
  reportPaths(backends, report);
  return backends;
}

function reportNames(backends: readonly BackendSettings[], report: Report): void {
  const names = backends.map(({ name }) => name);
  for (const twice of new Set(names.filter((name, index) => names.indexOf(name) !== index))) {
    report(`${VARIABLE} ${twice}: names must be unique, got it twice; rename one`);
  }
}

function reportPaths(backends: readonly BackendSettings[], report: Report): void {
  const pools = new Map<string, BackendSettings>();
  for (const backend of backends) {
    for (const path of backend.paths) {
      const other = pools.get(path) ?? backend;
      pools.set(path, other);
      if (poolKey(other) === poolKey(backend)) continue;
      const rule = `backends that share ${path} must share all paths`;
      const got = `${poolKey(other)} of ${other.name} and ${poolKey(backend)}`;
      report(`${VARIABLE} ${backend.name} path: ${rule}, got ${got}; make them equal`);
      return;
    }
  }
}

/** The same for all backends of a pool, different for different pools. */
export function poolKey({ paths }: Pick<BackendSettings, "paths">): string {
  return [...new Set(paths)].sort().join(",");
}

function parseEntry(entry: string, maxConcurrent: number, report: Report): BackendSettings {
  const [head = "", ...pairs] = entry.split(";").map((part) => part.trim());
  const [name, origin] = splitPair(head);
  const reportEntry: Report = (problem) => report(`${VARIABLE} ${name} ${problem}`);
  const attributes = parseAttributes(pairs, reportEntry);

  const checked = (rule: TextRule, text: string): string => {
    if (!rule.accepts(text)) {
      reportEntry(`${rule.name}: ${rule.says}, got "${text}"; write ${rule.example}`);
    }
    return text;
  };
  const integer = (rule: IntegerRule): number => {
    const [text] = attributes.get(rule.name) ?? [];
    if (text === undefined) return rule.default;
    const value = parseInteger(text, rule);
    if (value === undefined) reportEntry(integerProblem(rule, text));
    return value ?? rule.default;
  };

  const [cgroup] = attributes.get("cgroup") ?? [];
  const [limit] = attributes.get("limit") ?? [];
  return {
    name: checked(NAME, name),
    ...parseOrigin(checked(ORIGIN, origin)),
    paths: (attributes.get("path") ?? ["/"]).map((path) => checked(PATH, path)),
    concurrency: integer({ ...CONCURRENCY, default: maxConcurrent }),
    streams: integer(STREAMS),
    cgroup: cgroup === undefined ? undefined : checked(CGROUP, cgroup),
    limitBytes: limit === undefined ? undefined : parseBytes(checked(LIMIT, limit)),
  };
}

function parseAttributes(pairs: readonly string[], report: Report): Map<string, string[]> {
  const attributes = new Map<string, string[]>();
  for (const pair of pairs) {
    const [key, value] = splitPair(pair);
    if (!ATTRIBUTES.includes(key)) {
      report(
        `attribute: must be one of ${ATTRIBUTES.join(", ")}, got "${pair}"; correct or drop it`,
      );
    } else if (attributes.has(key) && key !== PATH.name) {
      report(`${key}: must be given once, got "${pair}" again; drop one`);
    }
    attributes.set(key, [...(attributes.get(key) ?? []), value]);
  }
  return attributes;
}

function parseOrigin(text: string): { host: string; port: number } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return { host: url?.hostname ?? "", port: Number(url?.port || HTTP_PORT) };
}

function splitPair(text: string): [string, string] {
  const at = text.indexOf("=");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
