import assert from "node:assert/strict";
import test from "node:test";
import { formatBackends, parseBackends } from "../../guard/backend-settings.ts";

function problemsOf(text: string): string[] {
  const problems: string[] = [];
  parseBackends(text, 10, (problem) => problems.push(problem));
  return problems;
}

const BROKEN: [text: string, problem: string][] = [
  [
    "Chat=http://a:1",
    'GUARD_BACKENDS Chat name: must be lower-case letters, digits and dashes, got "Chat"; write chat-1',
  ],
  [
    "a=https://a:1",
    'GUARD_BACKENDS a url: must be http://host:port and nothing more, got "https://a:1"; write http://chat-1:3000',
  ],
  [
    "a=http://a:1/x",
    'GUARD_BACKENDS a url: must be http://host:port and nothing more, got "http://a:1/x"; write http://chat-1:3000',
  ],
  [
    "a=http://u:p@a:1",
    'GUARD_BACKENDS a url: must be http://host:port and nothing more, got "http://u:p@a:1"; write http://chat-1:3000',
  ],
  [
    "a=http://a:1;path=api",
    'GUARD_BACKENDS a path: must begin with / and hold only letters, digits and -._~/, got "api"; write path=/api',
  ],
  [
    "a=http://a:1;concurrency=0",
    'GUARD_BACKENDS a concurrency: must be a whole number of requests from 1 to 10000, got "0"; leave it out for 10',
  ],
  [
    "a=http://a:1;streams=many",
    'GUARD_BACKENDS a streams: must be a whole number of streams from 0 to 10000, got "many"; leave it out for 40',
  ],
  [
    "a=http://a:1;cgroup=../etc",
    'GUARD_BACKENDS a cgroup: must be a path below /sys/fs/cgroup without .., got "../etc"; write cgroup=plimsoll/app/chat-1',
  ],
  [
    "a=http://a:1;limit=0",
    'GUARD_BACKENDS a limit: must be a size above 0 in MiB, GiB or bytes, got "0"; write limit=300MiB',
  ],
  [
    "a=http://a:1;weight=2",
    'GUARD_BACKENDS a attribute: must be one of path, concurrency, streams, cgroup, limit, got "weight=2"; correct or drop it',
  ],
  [
    "a=http://a:1;streams=1;streams=2",
    'GUARD_BACKENDS a streams: must be given once, got "streams=2" again; drop one',
  ],
  [
    "a=http://a:1;path=/a;path=/b,b=http://b:1;path=/b",
    "GUARD_BACKENDS b path: backends that share /b must share all paths, got /a,/b of a and /b; make them equal",
  ],
  ["a=http://a:1,a=http://b:1", "GUARD_BACKENDS a: names must be unique, got it twice; rename one"],
];

for (const [text, problem] of BROKEN) {
  test(`${text} is refused`, () => {
    assert.deepEqual(problemsOf(text), [problem]);
  });
}

test("tells everything that is wrong with every backend", () => {
  assert.equal(problemsOf("A=ftp://x;path=x,b=http://b:1;streams=-1").length, 4);
});

test("is written in the form that it is read in", () => {
  const text =
    "a=http://a:1;path=/x;path=/y;concurrency=3;streams=0;cgroup=p/a;limit=300MiB,b=http://b:80;path=/;concurrency=10;streams=40";
  assert.equal(formatBackends(parseBackends(text, 10, assert.fail)), text);
});
