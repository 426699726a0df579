import deepmerge from "deepmerge";
import { z } from "zod";
import { OperatorError } from "../core/operator-error.ts";
import { conflicts } from "./conflicts.ts";
import type { Environment } from "./environment.ts";
import { problemsOf } from "./problem.ts";
import { environment, environmentName, projectName } from "./schema.ts";

/** What one run changes about the config, from flags and environment variables. */
export interface Overrides {
  /** Docker host for every environment of this run. */
  readonly target?: string | undefined;
  readonly sshOptions?: readonly string[] | undefined;
}

const shape = z.strictObject({
  project: projectName.default("plimsoll"),
  base: z.record(z.string(), z.unknown()).default({}),
  environments: z.record(environmentName, z.record(z.string(), z.unknown())),
});

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]));
}

function merged(base: object, own: object, overrides: Overrides): unknown {
  const data = withoutNulls(deepmerge(base, own, { arrayMerge: (_, list) => list })) as Record<
    string,
    unknown
  >;
  return {
    ...data,
    ...(overrides.target && { target: overrides.target }),
    ...(overrides.sshOptions && { sshOptions: overrides.sshOptions }),
  };
}

function has(data: unknown, path: readonly string[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  return (
    typeof data === "object" &&
    data !== null &&
    key in data &&
    has((data as Record<string, unknown>)[key], rest)
  );
}

/** `server.memory` for each value of plain data that is not an object. */
function pathsIn(data: unknown, path: readonly string[] = []): string[] {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return [path.join(".")];
  return Object.entries(data).flatMap(([key, value]) => pathsIn(value, [...path, key]));
}

/** Names the place that the operator has to change: the base, unless the environment says it itself. */
function located(
  problem: string,
  { name, own, base }: { name: string; own: object; base: object },
): string {
  const path = (problem.split(":")[0] ?? "").split(".");
  const inBase = !has(own, path) && (has(base, path) || !has(own, path.slice(0, -1)));
  return `${inBase ? "base" : `environments.${name}`}.${problem}`;
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new OperatorError([...new Set(problems)]);
}

/**
 * Reads what `plimsoll.config.ts` exports.
 * @param root folder that relative paths in it start from
 * @throws OperatorError with every problem, each as `path: rule, got value; fix`
 */
export function readConfig(input: unknown, root: string, overrides: Overrides = {}): Environment[] {
  const config = shape.safeParse(input);
  if (!config.success) throw new OperatorError(problemsOf(config.error, input));
  const { project, base, environments } = config.data;
  const problems: string[] = [];
  const read = Object.entries(environments).flatMap(([name, own]): Environment[] => {
    const data = merged(base, own, overrides);
    const result = environment.safeParse(data);
    if (result.success)
      return [{ ...result.data, project, name, root, written: new Set(pathsIn(data)) }];
    problems.push(
      ...problemsOf(result.error, data).map((problem) => located(problem, { name, own, base })),
    );
    return [];
  });
  refuse([...problems, ...conflicts(read)]);
  return read;
}

/** The environment of that name. @throws OperatorError naming those that exist */
export function environmentNamed(environments: readonly Environment[], name: string): Environment {
  const found = environments.find((one) => one.name === name);
  if (found) return found;
  const names = environments.map((one) => one.name).join(", ");
  throw new OperatorError(`environments: no environment named ${name}; use one of ${names}`);
}
