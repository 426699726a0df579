import { readFileSync } from "node:fs";

/** What is wrong with the environment, all of it at once: `NAME: rule, got value; fix`. */
export class EnvironmentError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "EnvironmentError";
    this.problems = problems;
  }
}

export interface IntegerRule {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
}

/** Reads typed values and collects problems instead of stopping at the first; an empty variable counts as unset. */
export class Environment {
  readonly #variables: NodeJS.ProcessEnv;
  readonly #problems: string[] = [];

  constructor(variables: NodeJS.ProcessEnv) {
    this.#variables = variables;
  }

  text(name: string, fallback?: string): string {
    const value = this.#variables[name] || fallback;
    return value ?? this.#problem(`${name}: must be set`, "");
  }

  /** `http://host:port`, or empty. */
  origin(name: string): string {
    const text = this.#variables[name] ?? "";
    if (text === "" || (/^http:\/\/[^/]+$/.test(text) && URL.canParse(text))) return text;
    return this.#problem(`${name}: must be http://host:port, got "${text}"`, "");
  }

  integer(name: string, { min, max, fallback }: IntegerRule): number {
    const text = this.#variables[name];
    if (!text) return fallback;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    return this.#problem(`${name}: must be a whole number ${min}..${max}, got "${text}"`, fallback);
  }

  /** One of `values`; the first is the default. */
  choice<Value extends string>(name: string, values: readonly [Value, ...Value[]]): Value {
    const text = this.#variables[name];
    if (!text) return values[0];
    const value = values.find((candidate) => candidate === text);
    return (
      value ??
      this.#problem(`${name}: must be one of ${values.join(", ")}, got "${text}"`, values[0])
    );
  }

  /** The content of the file that the variable names, without the newline that editors add. */
  secret(name: string, minLength = 1): string {
    const path = this.text(name);
    if (path === "") return "";
    try {
      const secret = readFileSync(path, "utf8").trimEnd();
      if (secret.length >= minLength) return secret;
      return this.#problem(
        `${name}: must name a file of at least ${minLength} characters, got "${path}"`,
        "",
      );
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code;
      return this.#problem(`${name}: must name a readable file, got "${path}" (${reason})`, "");
    }
  }

  /** @throws EnvironmentError when any value read so far was missing or wrong. */
  assertValid(): void {
    if (this.#problems.length > 0) throw new EnvironmentError(this.#problems);
  }

  #problem<Value>(problem: string, stand: Value): Value {
    this.#problems.push(problem);
    return stand;
  }
}
