import assert from "node:assert/strict";
import test from "node:test";
import {
  backendAt,
  get,
  guardFor,
  LIMIT,
  sendRaw,
  serveRaw,
  type TestGuard,
  until,
} from "../support.ts";
import { Recorder } from "./recorder.ts";

/** What a client sends, and all that may come of it. */
export interface RequestCase {
  /** The rule, with its section. */
  readonly name: string;
  /** The connection's bytes. The guard must close the connection after them. */
  readonly raw: string;
  /** Every request that the backend gets, byte for byte, in order. */
  readonly reaches: readonly string[];
  /** Status and body or reason of each answer, in order. */
  readonly answers: readonly string[];
}

/** Stands behind a request that must be the last of its connection: it must never be served. */
export const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
/** Node's versions differ in who refuses it first, their parser or the guard. */
export const ANY_REASON = "*";
const FENCE = "/fence";

/** One guard serves a whole table: a case must not be able to leave anything behind for the next. */
export function testRequests(table: string, cases: readonly RequestCase[]): void {
  test(table, LIMIT, async (t) => {
    const recorder = new Recorder();
    const backend = await serveRaw(t, (socket) => recorder.accept(socket));
    const guard = await guardFor(t, [backendAt(backend)]);
    for (const each of cases) {
      await t.test(each.name, () => run(each, guard, recorder));
    }
  });
}

async function run(each: RequestCase, guard: TestGuard, recorder: Recorder): Promise<void> {
  recorder.requests.length = 0;
  const answers = await sendRaw(guard.port, each.raw);
  await until("the permit is back", () => guard.active === 0);
  // Whatever was on its way to the backend is there before this one.
  await get(guard.port, FENCE);
  const reached = recorder.requests.filter((request) => !request.startsWith(`GET ${FENCE} `));
  assert.deepEqual(reached, each.reaches);
  assert.equal(recorder.rest, "");
  const anonymous = each.answers.some((answer) => answer.endsWith(ANY_REASON));
  const seen = summaries(answers);
  assert.deepEqual(
    anonymous ? seen.map((it) => it.replace(/ .*/, ` ${ANY_REASON}`)) : seen,
    each.answers,
  );
}

/** `400 malformed`, `200 ok`: the status, and the reason of the guard's own answer or else the body. */
export function summaries(text: string): string[] {
  return text
    .split(/(?=HTTP\/1\.1 \d{3} )/)
    .filter((each) => each !== "")
    .map((each) => {
      const [head = "", body = ""] = each.split("\r\n\r\n");
      const reason = /"reason":"(.*?)"/.exec(body)?.[1] ?? body;
      return `${head.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length)} ${reason}`.trimEnd();
    });
}
