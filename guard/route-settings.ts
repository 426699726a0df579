import { CRITICALITIES, type Criticality, parseCriticality } from "./criticality.ts";
import { SHARINGS, type Sharing } from "./flight-key.ts";

/** Where a request tells how large it is. */
export const SIZE_SOURCES = ["query", "header", "content-length"] as const;
export type SizeSource = (typeof SIZE_SOURCES)[number];

export interface SizeSettings {
  readonly from: SizeSource;
  /** Of the query parameter or the header. */
  readonly name: string;
  /** Memory that one unit of it takes. */
  readonly bytesPerUnit: number;
}

/** One route: requests that cost alike and matter alike. */
export interface RouteSettings {
  /** Unique; under it the cost is learned. */
  readonly name: string;
  /** Any when left out. */
  readonly method: string | undefined;
  /** Prefix of the path; the longest one that matches wins. */
  readonly path: string;
  readonly criticality: Criticality;
  /** Memory of a request apart from its size. */
  readonly costBytes: number | undefined;
  readonly size: SizeSettings | undefined;
  /** Identical GETs that are under way share one answer. */
  readonly singleFlight: Sharing | undefined;
  /** Largest body of an answer, in the place of MAX_RESULT_SIZE. */
  readonly maxResultBytes: number | undefined;
}

type Report = (problem: string) => void;
type Fields = Readonly<Record<string, unknown>>;

/** What a route may say. */
export const ROUTE_KEYS = [
  "name",
  "method",
  "path",
  "criticality",
  "costBytes",
  "size",
  "maxResultBytes",
  "singleFlight",
];
const SIZE_KEYS = ["from", "name", "bytesPerUnit"];
const MAX_BYTES = 2 ** 40;

/** Reads one route; where a rule is broken, `report` is told and the result is not to be used. */
export function parseRoute(value: unknown, at: string, report: Report): RouteSettings {
  const fields = objectOf(value, at, report);
  refuseUnknown(fields, { at, keys: ROUTE_KEYS }, report);
  const path = textOf(fields["path"], { at: `${at}.path`, example: '"/api/export"' }, report);
  if (path !== "" && !path.startsWith("/")) {
    report(`${at}.path: must begin with /, got ${show(path)}; write "/${path}"`);
  }
  const method = optional(fields["method"], (each) =>
    textOf(each, { at: `${at}.method`, example: '"GET"' }, report).toUpperCase(),
  );
  const name = optional(fields["name"], (each) =>
    textOf(each, { at: `${at}.name`, example: '"export"' }, report),
  );
  return {
    name: name ?? (method === undefined ? path : `${method} ${path}`),
    method,
    path,
    criticality: criticalityOf(fields["criticality"], `${at}.criticality`, report),
    costBytes: optional(fields["costBytes"], (each) => bytesOf(each, `${at}.costBytes`, report)),
    size: optional(fields["size"], (each) => sizeOf(each, `${at}.size`, report)),
    maxResultBytes: optional(fields["maxResultBytes"], (each) =>
      bytesOf(each, `${at}.maxResultBytes`, report),
    ),
    singleFlight: sharingOf(fields["singleFlight"], `${at}.singleFlight`, report),
  };
}

export function objectOf(value: unknown, at: string, report: Report): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  report(`${at}: must be an object, got ${show(value)}; write {...}`);
  return {};
}

export function refuseUnknown(
  fields: Fields,
  { at, keys }: { at: string; keys: readonly string[] },
  report: Report,
): void {
  for (const key of Object.keys(fields).filter((each) => !keys.includes(each))) {
    report(
      `${at}.${key}: must be a known key, got ${show(fields[key])}; known: ${keys.join(", ")}`,
    );
  }
}

export function textOf(
  value: unknown,
  { at, example }: { at: string; example: string },
  report: Report,
): string {
  if (typeof value === "string" && value !== "") return value;
  report(`${at}: must be a text, got ${show(value)}; write ${example}`);
  return "";
}

function sizeOf(value: unknown, at: string, report: Report): SizeSettings {
  const fields = objectOf(value, at, report);
  refuseUnknown(fields, { at, keys: SIZE_KEYS }, report);
  const from = SIZE_SOURCES.find((each) => each === fields["from"]);
  if (from === undefined) {
    report(
      `${at}.from: must be one of ${SIZE_SOURCES.join(", ")}, got ${show(fields["from"])}; write "query"`,
    );
  }
  const named = from !== "content-length";
  const name = named ? textOf(fields["name"], { at: `${at}.name`, example: '"rows"' }, report) : "";
  const bytesPerUnit = bytesOf(fields["bytesPerUnit"], `${at}.bytesPerUnit`, report);
  return {
    from: from ?? "query",
    name: from === "header" ? name.toLowerCase() : name,
    bytesPerUnit,
  };
}

function criticalityOf(value: unknown, at: string, report: Report): Criticality {
  const criticality = value === undefined ? "normal" : parseCriticality(String(value));
  if (criticality === undefined) {
    report(`${at}: must be one of ${CRITICALITIES.join(", ")}, got ${show(value)}; write "normal"`);
  }
  return criticality ?? "normal";
}

function bytesOf(value: unknown, at: string, report: Report): number {
  if (typeof value === "number" && value > 0 && value <= MAX_BYTES) return value;
  report(`${at}: must be a number of bytes above 0, got ${show(value)}; write 1048576`);
  return 1;
}

function sharingOf(value: unknown, at: string, report: Report): Sharing | undefined {
  const sharing = SHARINGS.find((each) => each === value);
  if (value !== undefined && sharing === undefined) {
    report(
      `${at}: must be one of ${SHARINGS.join(", ")}, got ${show(value)}; leave it out for none`,
    );
  }
  return sharing;
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}
