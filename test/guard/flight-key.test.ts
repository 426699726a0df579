import assert from "node:assert/strict";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import test from "node:test";
import { flightKey, isShareable } from "../../guard/flight-key.ts";

function message(headers: Record<string, string>, more: object = {}): IncomingMessage {
  const made = new IncomingMessage(new Socket());
  return Object.assign(made, { method: "GET", url: "/a?b", headers, statusCode: 200 }, more);
}

const key = (headers: Record<string, string>, more: object = {}) =>
  flightKey(message({ host: "a", ...headers }, more), "anonymous");

test("equal requests have equal keys, whatever does not matter", () => {
  assert.ok(key({}) !== undefined);
  assert.equal(key({ "x-request-id": "1", "user-agent": "x" }), key({ "x-request-id": "2" }));
});

const DIFFERENT: [name: string, headers: Record<string, string>, more?: object][] = [
  ["another target", {}, { url: "/a?c" }],
  ["another host", { host: "b" }],
  ["another type", { accept: "text/csv" }],
  ["another coding", { "accept-encoding": "gzip" }],
  ["another language", { "accept-language": "de" }],
  ["another origin", { origin: "https://b" }],
  ["another scheme", { "x-forwarded-proto": "https" }],
];
for (const [name, headers, more] of DIFFERENT) {
  test(`${name} is another key`, () => {
    assert.ok(key(headers, more) !== undefined);
    assert.notEqual(key(headers, more), key({}));
  });
}

const ALONE: [name: string, headers: Record<string, string>, more?: object][] = [
  ["HEAD", {}, { method: "HEAD" }],
  ["POST", {}, { method: "POST" }],
  ["a body", { "content-length": "1" }],
  ["Authorization", { authorization: "Basic YTpi" }],
  ["Cookie", { cookie: "a=1" }],
  ["Range", { range: "bytes=0-1" }],
  ["a condition", { "if-none-match": '"a"' }],
  ["no-cache", { "cache-control": "no-cache" }],
];
for (const [name, headers, more] of ALONE) {
  test(`${name} goes alone`, () => assert.equal(key(headers, more), undefined));
}

test("with the same credentials, where that is asked for", () => {
  const keyOf = (cookie: string) => flightKey(message({ host: "a", cookie }), "same_credentials");
  assert.equal(keyOf("a=1"), keyOf("a=1"));
  assert.notEqual(keyOf("a=1"), keyOf("a=2"));
});

const ANSWERS: [name: string, headers: object, statusCode: number, shared: boolean][] = [
  ["a plain answer", {}, 200, true],
  ["one that varies by language", { vary: "Accept-Language, origin" }, 200, true],
  ["one that varies by anything", { vary: "*" }, 200, false],
  ["one that varies by user agent", { vary: "accept, User-Agent" }, 200, false],
  ["one that sets a cookie", { "set-cookie": ["a=1"] }, 200, false],
  ["a private one", { "cache-control": "max-age=1, Private" }, 200, false],
  ["one that is not to be stored", { "cache-control": "no-store" }, 200, false],
  ["an error", {}, 500, false],
  ["a redirect", {}, 302, false],
  ["a part", {}, 206, false],
];
for (const [name, headers, statusCode, shared] of ANSWERS) {
  test(`${name} is ${shared ? "" : "not "}shared`, () => {
    assert.equal(isShareable(message({}, { headers, statusCode })), shared);
  });
}
