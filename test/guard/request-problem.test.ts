import assert from "node:assert/strict";
import test from "node:test";
import { type RequestHead, requestProblem } from "../../guard/request-problem.ts";

const GOOD: RequestHead = {
  method: "POST",
  url: "/a/b?c=d%20e&f=[1]",
  httpVersion: "1.1",
  rawHeaders: ["Host", "example.org:8080", "Content-Length", "3"],
};

function withHeaders(...rawHeaders: string[]): RequestHead {
  return { ...GOOD, rawHeaders };
}

const CASES: [name: string, head: RequestHead, problem: string | undefined][] = [
  ["an ordinary request", GOOD, undefined],
  ["chunked", withHeaders("Host", "a", "Transfer-Encoding", "Chunked"), undefined],
  ["an IPv6 host", withHeaders("Host", "[::1]:80"), undefined],
  ["HTTP/1.0 without Host", { ...withHeaders(), httpVersion: "1.0" }, undefined],
  [
    "Connection with ordinary options",
    withHeaders("Host", "a", "Connection", "keep-alive, Upgrade, x-a"),
    undefined,
  ],
  ["CONNECT", { ...GOOD, method: "CONNECT" }, "method_not_supported"],
  ["TRACE", { ...GOOD, method: "TRACE" }, "method_not_supported"],
  ["HTTP/0.9", { ...GOOD, httpVersion: "0.9" }, "version_not_supported"],
  ["HTTP/2.0", { ...GOOD, httpVersion: "2.0" }, "version_not_supported"],
  ["absolute form", { ...GOOD, url: "http://other/" }, "target_not_origin_form"],
  ["asterisk form", { ...GOOD, url: "*" }, "target_not_origin_form"],
  ["no target", { ...GOOD, url: "" }, "target_not_origin_form"],
  ["a fragment", { ...GOOD, url: "/a#b" }, "target_not_origin_form"],
  ["a blank in the target", { ...GOOD, url: "/a b" }, "target_not_origin_form"],
  ["a line break in the target", { ...GOOD, url: "/a\r\nX: y" }, "target_not_origin_form"],
  ["bytes beyond ASCII in the target", { ...GOOD, url: "/\u00e4" }, "target_not_origin_form"],
  ["no Host", withHeaders("Content-Length", "3"), "host_missing"],
  ["two Hosts", withHeaders("Host", "a", "HOST", "a"), "several_hosts"],
  ["an empty Host", withHeaders("Host", ""), "host_invalid"],
  ["a Host with a path", withHeaders("Host", "a/b"), "host_invalid"],
  ["a Host with a user", withHeaders("Host", "u@a"), "host_invalid"],
  ["a Host list", withHeaders("Host", "a, b"), "host_invalid"],
  [
    "two lengths",
    withHeaders("Host", "a", "Content-Length", "3", "content-length", "3"),
    "several_content_lengths",
  ],
  ["a length list", withHeaders("Host", "a", "Content-Length", "3, 3"), "content_length_invalid"],
  ["a signed length", withHeaders("Host", "a", "Content-Length", "+3"), "content_length_invalid"],
  ["an empty length", withHeaders("Host", "a", "Content-Length", ""), "content_length_invalid"],
  [
    "a length and chunked",
    withHeaders("Host", "a", "Content-Length", "3", "Transfer-Encoding", "chunked"),
    "content_length_and_transfer_encoding",
  ],
  [
    "gzip, chunked",
    withHeaders("Host", "a", "Transfer-Encoding", "gzip, chunked"),
    "transfer_encoding_not_chunked",
  ],
  [
    "identity",
    withHeaders("Host", "a", "Transfer-Encoding", "identity"),
    "transfer_encoding_not_chunked",
  ],
  [
    "chunked twice",
    withHeaders("Host", "a", "Transfer-Encoding", "chunked", "Transfer-Encoding", "chunked"),
    "transfer_encoding_not_chunked",
  ],
  [
    "chunked with a vertical tab",
    withHeaders("Host", "a", "Transfer-Encoding", "\u000bchunked"),
    "transfer_encoding_not_chunked",
  ],
  [
    "chunked in HTTP/1.0",
    { ...withHeaders("Host", "a", "Transfer-Encoding", "chunked"), httpVersion: "1.0" },
    "transfer_encoding_in_http_1_0",
  ],
  [
    "Connection naming X-Forwarded-For",
    withHeaders("Host", "a", "Connection", "close, X-Forwarded-For"),
    "connection_names_a_protected_header",
  ],
  [
    "Connection naming Host",
    withHeaders("Host", "a", "Connection", "close", "Connection", "host"),
    "connection_names_a_protected_header",
  ],
  [
    "Connection naming Content-Length",
    withHeaders("Host", "a", "Connection", "Content-Length"),
    "connection_names_a_protected_header",
  ],
];

for (const [name, head, problem] of CASES) {
  test(`${name}: ${problem ?? "passes"}`, () => {
    assert.equal(requestProblem(head), problem);
  });
}
