import { type RequestCase, SMUGGLED, testRequests } from "./request-case.ts";

const HEAD =
  "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
const PASSED =
  "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n";
const END = "0\r\n\r\n";

/** The body is passed on, framed anew. */
function passed(name: string, body: string, reached: string): RequestCase {
  return { name, raw: HEAD + body, reaches: [PASSED + reached], answers: ["200 ok"] };
}

/** The backend gets no whole request out of it, and the client no answer that looks like one. */
function broken(name: string, body: string): RequestCase {
  return { name, raw: `${HEAD}${body}${SMUGGLED}`, reaches: [], answers: [] };
}

testRequests("chunks of a request", [
  passed("9112 7.1: one chunk", `3\r\nabc\r\n${END}`, `3\r\nabc\r\n${END}`),
  passed("9112 7.1: no chunk", END, END),
  passed(
    "9112 7.1: hexadecimal in both cases",
    `a\r\n0123456789\r\n${END}`,
    `a\r\n0123456789\r\n${END}`,
  ),
  passed("9112 7.1: leading zeros", `0003\r\nabc\r\n${END}`, `3\r\nabc\r\n${END}`),
  passed("9112 7.1: several zeros end it too", "3\r\nabc\r\n000\r\n\r\n", `3\r\nabc\r\n${END}`),
  passed("9112 7.1.1: an extension is dropped", `3;a=b\r\nabc\r\n${END}`, `3\r\nabc\r\n${END}`),
  passed("9112 7.1.1: so is one in quotes", `3;a="b;c"\r\nabc\r\n${END}`, `3\r\nabc\r\n${END}`),
  passed(
    "9112 7.1.1: and that of the last chunk",
    `3\r\nabc\r\n0;a=b\r\n\r\n`,
    `3\r\nabc\r\n${END}`,
  ),
  passed("9112 7.1.2: trailers are dropped", "3\r\nabc\r\n0\r\nX: 1\r\n\r\n", `3\r\nabc\r\n${END}`),
  passed(
    "9110 6.5.1: a trailer cannot bring a host or an upgrade",
    "3\r\nabc\r\n0\r\nHost: b\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    `3\r\nabc\r\n${END}`,
  ),
  broken("9110 6.5.1: a trailer with a length", "3\r\nabc\r\n0\r\nContent-Length: 99\r\n\r\n"),
  broken("9110 6.5.1: a trailer with a coding", "3\r\nabc\r\n0\r\nTransfer-Encoding: x\r\n\r\n"),
  passed(
    "9112 7.1: what a chunk holds is not read",
    `1f\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\nabc\r\n${END}`,
    `1f\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\nabc\r\n${END}`,
  ),
  broken("9112 7.1: no number", "x\r\nabc\r\n0\r\n\r\n"),
  broken("9112 7.1: no size at all", "\r\nabc\r\n0\r\n\r\n"),
  broken("9112 7.1: a negative size", "-3\r\nabc\r\n0\r\n\r\n"),
  broken("9112 7.1: a size with a plus", "+3\r\nabc\r\n0\r\n\r\n"),
  broken("9112 7.1: a size with 0x", "0x3\r\nabc\r\n0\r\n\r\n"),
  broken("9112 7.1: a size with a separator", "1_0\r\n0123456789abcdef\r\n0\r\n\r\n"),
  broken("9112 7.1: a blank before the size", " 3\r\nabc\r\n0\r\n\r\n"),
  broken("9112 7.1: a size beyond 64 bits", "10000000000000003\r\nabc\r\n0\r\n\r\n"),
  broken("9112 7.1: a chunk longer than its size", "3\r\nabcd\r\n0\r\n\r\n"),
  broken("9112 7.1: a chunk shorter than its size", "5\r\nabc\r\n0\r\n\r\n"),
  broken("9112 2.2: a bare LF behind the size", "3\nabc\r\n0\r\n\r\n"),
  broken("9112 2.2: a bare CR behind the size", "3\rXabc\r\n0\r\n\r\n"),
  broken("9112 2.2: a bare LF behind the data", "3\r\nabc\n0\r\n\r\n"),
  broken("9112 7.1: nothing behind the data", "3\r\nabc0\r\n\r\n"),
  broken("9112 7.1.1: a bare LF in an extension", "3;a\nabc\r\n0\r\n\r\n"),
  broken("9112 7.1.1: a bare CR in an extension", "3;a\rb\r\nabc\r\n0\r\n\r\n"),
  broken("9112 7.1.1: an endless extension", `3;${"a".repeat(20_000)}\r\nabc\r\n0\r\n\r\n`),
  broken("9112 7.1.2: a trailer without colon", "3\r\nabc\r\n0\r\nX\r\n\r\n"),
  broken("9112 7.1.2: a folded trailer", "3\r\nabc\r\n0\r\nX: 1\r\n 2\r\n\r\n"),
  broken("9112 7.1.2: trailers without end", `3\r\nabc\r\n0\r\n${"X: 1\r\n".repeat(4_000)}`),
]);
