import { readJsonSource } from "./json-source.ts";
import {
  objectOf,
  parseRoute,
  type RouteSettings,
  refuseUnknown,
  textOf,
} from "./route-settings.ts";

/** What the file named by GUARD_CONFIG says. */
export interface GuardConfig {
  readonly routes: readonly RouteSettings[];
  /** Header in which the proxy before us tells a request's criticality; none when left out. */
  readonly criticalityHeader: string | undefined;
  /** Header by which clients are told apart. */
  readonly clientHeader: string;
}

type Report = (problem: string) => void;

/** nginx sets it, and nobody else reaches the guard. */
const DEFAULT_CLIENT_HEADER = "x-forwarded-for";
export const NO_CONFIG: GuardConfig = {
  routes: [],
  criticalityHeader: undefined,
  clientHeader: DEFAULT_CLIENT_HEADER,
};
const VARIABLE = "GUARD_CONFIG";
/** `environment` is read elsewhere, see settings-source.ts. */
const KEYS = ["routes", "criticalityHeader", "clientHeader", "environment"];

/** Reads JSON, or the file at `path`; where a rule is broken, `report` is told and the result is not to be used. */
export function readGuardConfig(path: string, report: Report): GuardConfig {
  try {
    return parseGuardConfig(readJsonSource(path), report);
  } catch (error) {
    const problem = `${VARIABLE}: must be JSON or the path of a JSON file, got "${path}"`;
    report(`${problem} (${(error as Error).message}); correct the path or the file`);
    return NO_CONFIG;
  }
}

export function parseGuardConfig(value: unknown, report: Report): GuardConfig {
  const fields = objectOf(value, VARIABLE, report);
  refuseUnknown(fields, { at: VARIABLE, keys: KEYS }, report);
  const header = (key: string, example: string) =>
    fields[key] === undefined
      ? undefined
      : textOf(fields[key], { at: `${VARIABLE}.${key}`, example }, report).toLowerCase();
  return {
    routes: routesOf(fields["routes"] ?? [], report),
    criticalityHeader: header("criticalityHeader", '"x-criticality"'),
    clientHeader: header("clientHeader", '"x-forwarded-for"') ?? DEFAULT_CLIENT_HEADER,
  };
}

function routesOf(value: unknown, report: Report): RouteSettings[] {
  if (!Array.isArray(value)) {
    report(`${VARIABLE}.routes: must be a list, got ${JSON.stringify(value)}; write [...]`);
    return [];
  }
  const routes = value.map((each, index) =>
    parseRoute(each, `${VARIABLE}.routes[${index}]`, report),
  );
  const names = routes.map(({ name }) => name);
  for (const twice of new Set(names.filter((name, index) => names.indexOf(name) !== index))) {
    report(`${VARIABLE}.routes: names must be unique, got "${twice}" twice; rename one`);
  }
  return routes;
}
