/** There was no room in time. Answer 503 with `Retry-After: retryAfterSeconds`, or 413 where it is `too_large`. */
export class LeaseRefused extends Error {
  /** In words for programs: `acquire_timeout` here, or what the guard says. */
  readonly reason: string;
  readonly retryAfterSeconds: number;

  constructor(reason: string, retryAfterSeconds: number) {
    super(`no room: ${reason}`);
    this.name = "LeaseRefused";
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
