/** A whole number from the environment: its variable, unit, default and range. */
export interface IntegerRule {
  readonly name: string;
  /** An older name that means the same. */
  readonly alias?: string;
  /** A name that gives it in seconds, of a rule in milliseconds. */
  readonly seconds?: string;
  readonly unit: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** The number that `text` spells, or undefined when it is no whole number within the rule's range. */
export function parseInteger(text: string, rule: IntegerRule): number | undefined {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= rule.min && value <= rule.max ? value : undefined;
}

/** What is wrong, and what to write instead. */
export function integerProblem(rule: IntegerRule, text: string): string {
  const range = `a whole number of ${rule.unit} from ${rule.min} to ${rule.max}`;
  return `${rule.name}: must be ${range}, got "${text}"; leave it out for ${rule.default}`;
}
