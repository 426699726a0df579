import { ExecaError } from "execa";
import { OperatorError } from "../core/operator-error.ts";
import { causeOf } from "./inspect.ts";

/** ssh's own failures; what it runs over there has other codes. Source: ssh(1), EXIT STATUS. */
const SSH_FAILED = 255;
const SSH = /^ssh /;

/**
 * The way to the server that broke in the middle of something, whatever that was.
 * @returns undefined for any other error
 */
export function connectionLost(error: unknown): OperatorError | undefined {
  if (!(error instanceof ExecaError) || !SSH.test(error.command)) return undefined;
  const { exitCode, signal, stderr } = error;
  if (exitCode !== SSH_FAILED && signal === undefined) return undefined;
  const words = String(stderr ?? "").trim();
  const why = signal === undefined ? (causeOf(words) ?? words) : `ssh was ended by ${signal}`;
  return new OperatorError(
    `target: must stay reachable, got a connection that broke (${why || "ssh said nothing"}); what was done is kept, run it again`,
  );
}
