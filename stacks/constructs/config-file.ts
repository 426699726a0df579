/** A text file that the container's program reads; never secrets. */
export interface ConfigFile {
  /** Name in the folder that `configPath` gives. */
  readonly name: string;
  readonly content: string;
}

/** Carries the text. */
export const CONFIG_VARIABLE = "PLIMSOLL_CONFIG_FILE";
/** `oom_score_adj` of the container's program: an app reads it, a program with a config file gets it set. */
export const SCORE_VARIABLE = "OOM_SCORE_ADJ";
const FOLDER = "/tmp";

/**
 * Writes the variable to the path in $0, takes its place in the order of dying, then becomes the program, without the
 * variable. A place that it cannot take is no reason not to start.
 */
const WRITE_AND_RUN = [
  `printf %s "$${CONFIG_VARIABLE}" >"$0"; unset ${CONFIG_VARIABLE}`,
  `[ -z "$${SCORE_VARIABLE}" ] || echo "$${SCORE_VARIABLE}" >/proc/self/oom_score_adj || :`,
  'exec "$@"',
].join("; ");

interface Program {
  readonly configFile?: ConfigFile;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Where the program finds the file. */
export function configPath(name: string): string {
  return `${FOLDER}/${name}`;
}

/**
 * A container's process that writes its config file first. Docker copies nothing into a read-only root, so
 * the text travels as a variable: it is reviewed in the synthesized JSON, and a change replaces the container.
 */
export function configFileProps({
  configFile,
  entrypoint,
  command,
  env,
}: Program): Omit<Program, "configFile"> {
  if (!configFile) return {};
  if (!entrypoint)
    throw new Error(`config file ${configFile.name}: the entrypoint to run must be named`);
  return {
    entrypoint: ["/bin/sh", "-ce", WRITE_AND_RUN, configPath(configFile.name), ...entrypoint],
    ...(command && { command }),
    env: { ...env, [CONFIG_VARIABLE]: configFile.content },
  };
}
