import { ExecaError, type Result, type ResultPromise } from "execa";
import { OperatorError } from "../core/operator-error.ts";
import { causeOf } from "./cause.ts";

/** ssh's own failures; what it runs over there has other codes. Source: ssh(1), EXIT STATUS. */
const SSH_FAILED = 255;

type Ended = Pick<Result, "exitCode" | "signal" | "stderr" | "timedOut" | "isCanceled">;

/** @returns undefined where the program over there has ended, however it did, or we ended it */
function connectionLost(
  target: string,
  { exitCode, signal, stderr, timedOut, isCanceled }: Ended,
): OperatorError | undefined {
  if (timedOut || isCanceled) return undefined;
  if (exitCode !== SSH_FAILED && signal === undefined) return undefined;
  const words = String(stderr ?? "").trim();
  const cause = signal === undefined ? causeOf(words) : undefined;
  if (cause) return new OperatorError(`target ${target}: ${cause}`);
  const why = signal === undefined ? words || "ssh said nothing" : `ssh was ended by ${signal}`;
  return new OperatorError(
    `target ${target}: must stay reachable, got a connection that broke (${why}); what was done is kept, run it again, or ./plimsoll doctor where that does not help`,
  );
}

/**
 * The same run of ssh, which rejects where ssh itself failed, also for a caller who looks at exit codes: a connection
 * that broke is not the answer no.
 * @param target as the operator wrote it
 */
export function answering(target: string, run: ResultPromise): ResultPromise {
  const ended: ResultPromise["then"] = run.then.bind(run);
  const answered = () =>
    ended(
      (result) => {
        const lost = connectionLost(target, result);
        if (lost) throw lost;
        return result;
      },
      (error: unknown) => {
        throw (error instanceof ExecaError && connectionLost(target, error)) || error;
      },
    );
  // Asked for by whoever waits: a run that nobody waits for rejects nowhere.
  const promise: Pick<ResultPromise, "then" | "catch" | "finally"> = {
    // biome-ignore lint/suspicious/noThenProperty: a run is a promise, and this one replaces its own.
    then: (fulfilled, rejected) => answered().then(fulfilled, rejected),
    catch: (rejected) => answered().catch(rejected),
    finally: (settled) => answered().finally(settled),
  };
  return Object.assign(run, promise);
}
