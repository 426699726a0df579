import { type RequestCase, SMUGGLED, testRequests } from "./request-case.ts";

function refused(name: string, fields: string, reason = "malformed"): RequestCase {
  return {
    name,
    raw: `GET / HTTP/1.1\r\n${fields}\r\n\r\n${SMUGGLED}`,
    reaches: [],
    answers: [`400 ${reason}`],
  };
}

function passed(name: string, fields: string, reached = fields): RequestCase {
  return {
    name,
    raw: `GET / HTTP/1.1\r\nConnection: close\r\n${fields}\r\n\r\n`,
    reaches: [`GET / HTTP/1.1\r\n${reached}\r\nConnection: keep-alive\r\n\r\n`],
    answers: ["200 ok"],
  };
}

function tooLarge(name: string, fields: string): RequestCase {
  return {
    name,
    raw: `GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n`,
    reaches: [],
    answers: ["431 headers_over_16_kb"],
  };
}

testRequests("header fields", [
  passed("9110 5.3: order, case and repeats stay", "Host: a\r\nX-b: 1\r\nx-A: 2\r\nX-B: 3"),
  passed("9110 5.5: blanks around a value go", "Host:a\r\nX: \t1 \t", "Host: a\r\nX: 1"),
  passed("9110 5.5: an empty value stays", "Host: a\r\nX:", "Host: a\r\nX: "),
  passed("9110 5.5: bytes beyond ASCII stay", "Host: a\r\nX: \u00c3\u00a4\u00ff"),
  passed("9110 5.6.2: every character of a token", "Host: a\r\n!#$%&'*+-.^_`|~09aZ: 1"),
  passed("9110 5.1: names of JavaScript's objects", "Host: a\r\n__proto__: 1\r\nconstructor: 2"),
  passed("9110 7.2: a host with a port", "Host: example.org:8080"),
  passed("9110 7.2: an IPv6 host", "Host: [::1]:80"),
  refused("9112 3.2: no Host", "X: 1", "host_missing"),
  refused("9112 3.2: two Hosts", "Host: a\r\nHost: b", "several_hosts"),
  refused("9112 3.2: two equal Hosts", "Host: a\r\nhost: a", "several_hosts"),
  refused(
    "9112 3.2: two Hosts far apart",
    `Host: a\r\n${"a:\r\n".repeat(2_100)}Host: b`,
    "several_hosts",
  ),
  refused("9112 3.2: an empty Host", "Host:", "host_invalid"),
  refused("9112 3.2: a list of hosts", "Host: a, b", "host_invalid"),
  refused("9112 3.2: two hosts in one", "Host: a b", "host_invalid"),
  refused("9112 3.2: a host with a path", "Host: a/b", "host_invalid"),
  refused("9112 3.2: a host with a user", "Host: b@a", "host_invalid"),
  refused("9112 3.2: a host with a query", "Host: a?b", "host_invalid"),
  refused("9112 3.2: a host with a fragment", "Host: a#b", "host_invalid"),
  refused("9112 3.2: a host with a backslash", "Host: a\\b", "host_invalid"),
  refused("9112 3.2: a host with bytes beyond ASCII", "Host: \u00c3\u00a4", "host_invalid"),
  refused("9112 5.1: a blank before Host's colon", "Host : a"),
  refused("9112 5.1: a blank before a colon", "Host: a\r\nX : 1"),
  refused("9112 5.1: a tab before a colon", "Host: a\r\nX\t: 1"),
  refused("9112 5.1: a blank within a name", "Host: a\r\nX Y: 1"),
  refused("9112 5.1: no name", "Host: a\r\n: 1"),
  refused("9112 5.1: no colon", "Host: a\r\nX"),
  refused("9110 5.1: a name with a bracket", "Host: a\r\nX[]: 1"),
  refused("9110 5.1: a name with a slash", "Host: a\r\nX/Y: 1"),
  refused("9110 5.1: a name with a NUL", "Host: a\r\nX\u0000Y: 1"),
  refused("9110 5.1: a name with a byte beyond ASCII", "Host: a\r\nX\u00e4: 1"),
  refused("9112 2.2: a blank before the first field", " Host: a\r\nHost: b"),
  refused("9112 5.2: a folded value", "Host: a\r\nX: 1\r\n 2"),
  refused("9112 5.2: a value folded with a tab", "Host: a\r\nX: 1\r\n\t2"),
  refused("9112 5.2: a folded Host", "Host: a\r\n b"),
  refused("9112 2.2: a bare CR in a value", "Host: a\r\nX: 1\rY: 2"),
  refused("9112 2.2: a bare LF in a value", "Host: a\r\nX: 1\nY: 2"),
  refused("9112 2.2: bare LFs for every line", "Host: a\nX: 1"),
  refused("9110 5.5: a NUL in a value", "Host: a\r\nX: 1\u00002"),
  refused("9110 5.5: SOH in a value", "Host: a\r\nX: 1\u00012"),
  refused("9110 5.5: an escape in a value", "Host: a\r\nX: \u001b[0m"),
  refused("9110 5.5: DEL in a value", "Host: a\r\nX: 1\u007f2"),
  tooLarge("9110 5.4: a value beyond 16 KB", `X: ${"x".repeat(17_000)}`),
  tooLarge("9110 5.4: a name beyond 16 KB", `${"X".repeat(17_000)}: 1`),
  tooLarge("9110 5.4: fields beyond 16 KB together", "X: 12345\r\n".repeat(3_000).trimEnd()),
]);
