import type { EnvironmentInput } from "./schema.ts";

type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [Key in keyof T]?: DeepPartial<T[Key]> | null }
    : T;

/** What `plimsoll.config.ts` exports. */
export interface ConfigInput {
  /** First part of every name on the server. Default: `plimsoll`. */
  readonly project?: string;
  /** What every environment starts from. */
  readonly base?: DeepPartial<EnvironmentInput>;
  /** Each is merged over the base: objects by key, lists replaced, `null` takes a key out. */
  readonly environments: Readonly<Record<string, DeepPartial<EnvironmentInput>>>;
}

/** Types the config in an editor; changes nothing. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}
