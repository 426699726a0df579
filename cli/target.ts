import { execa, type Options, type ResultPromise } from "execa";
import { shellWord } from "../core/shell-word.ts";
import { sshOptions } from "../core/ssh.ts";
import { parseTarget, type SshTargetName } from "../core/target.ts";
import { answering } from "./connection-lost.ts";

/** The Docker host of an environment: this machine's engine, or a server reached by ssh. */
export interface Target {
  /** `local` or the ssh URL, as the operator wrote it. */
  readonly name: string;
  /** Host that a browser or an operator names: `localhost`, or the server's. */
  readonly host: string;
  /** Arguments for ssh up to and including the destination; undefined for this machine. */
  readonly sshArgs?: readonly string[];
  /**
   * Runs a program there; the array reaches it word for word. Rejects with an OperatorError where the connection fails,
   * whatever `reject` says.
   */
  run(command: readonly [string, ...string[]], options?: Options): ResultPromise;
  /** Runs the docker client there. */
  docker(args: readonly string[], options?: Options): ResultPromise;
}

function withDocker(target: Omit<Target, "docker">): Target {
  return { ...target, docker: (args, options) => target.run(["docker", ...args], options) };
}

function sshTarget(
  name: string,
  { user, host, port }: SshTargetName,
  extra: readonly string[],
): Target {
  const sshArgs = [...sshOptions(extra), ...(user ? ["-l", user] : []), "-p", port, host];
  return withDocker({
    name,
    host,
    sshArgs,
    // ssh joins its arguments with blanks, for the shell over there.
    run: (command, options) =>
      answering(name, execa("ssh", [...sshArgs, "--", command.map(shellWord).join(" ")], options)),
  });
}

/**
 * @param name `local` or `ssh://[user@]host[:port]`
 * @param extra ssh options of the operator, such as `["-F", "ssh.conf"]`
 */
export function openTarget(name: string, extra: readonly string[] = []): Target {
  const parsed = parseTarget(name);
  if (parsed.kind === "ssh") return sshTarget(name, parsed, extra);
  return withDocker({
    name,
    host: "localhost",
    run: ([file, ...args], options) => execa(file, args, options),
  });
}

/** A line of shell as an operator runs it on the target from here. @param line without single quotes */
export function onTarget({ name }: Pick<Target, "name">, line: string): string {
  return name === "local" ? line : `ssh ${name} '${line}'`;
}
