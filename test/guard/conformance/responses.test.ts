import { type ResponseCase, testResponses } from "./response-case.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const BAD = "502";

/** What no client may be given. */
function refused(name: string, answer: string): ResponseCase {
  return { name, answer, status: BAD };
}

/** The head has gone out when the fault shows: the client must see the connection break. */
function cut(name: string, answer: string, body = "hello"): ResponseCase {
  return { name, answer, status: "200", body, isWhole: false };
}

testResponses("what a backend may answer", [
  {
    name: "9112 6.2: a length",
    answer: `${OK}Content-Length: 5\r\n\r\nhello`,
    status: "200",
    body: "hello",
  },
  {
    name: "9112 6.3: chunks",
    answer: `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    status: "200",
    body: "hello",
  },
  {
    name: "9112 7.1.2: trailers are dropped",
    answer: `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: 1\r\n\r\n`,
    status: "200",
    body: "hello",
  },
  {
    name: "9112 6.3: all up to the end of the connection",
    answer: `${OK}\r\nhello`,
    ends: true,
    status: "200",
    body: "hello",
  },
  {
    name: "9112 2.6: HTTP/1.0, up to the end",
    answer: "HTTP/1.0 200 OK\r\n\r\nhello",
    ends: true,
    status: "200",
    body: "hello",
  },
  {
    name: "9110 15.3.5: 204 has no body",
    answer: "HTTP/1.1 204 No Content\r\n\r\n",
    status: "204",
    body: "",
  },
  {
    name: "9110 15.4.5: 304 has no body",
    answer: 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n',
    status: "304",
    body: "",
  },
  {
    name: "9110 9.3.2: HEAD has the length and no body",
    method: "HEAD",
    answer: `${OK}Content-Length: 500\r\n\r\n`,
    status: "200",
    body: "",
    head: /^HTTP\/1\.1 200 OK\r\n[\s\S]*Content-Length: 500\r\n/,
  },
  {
    name: "9112 6.3: bytes behind a 204 reach nobody",
    answer: "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
    status: "204",
    body: "",
  },
  {
    name: "9112 6.3: bytes behind the length reach nobody",
    answer: `${OK}Content-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`,
    status: "200",
    body: "hello",
  },
  {
    name: "9112 4: an empty reason",
    answer: "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n",
    status: "200",
    body: "",
  },
  {
    name: "9110 15: an unknown status",
    answer: "HTTP/1.1 299 Odd\r\nContent-Length: 0\r\n\r\n",
    status: "299",
    body: "",
  },
  {
    name: "9110 15: the last status",
    answer: "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",
    status: "999",
    body: "",
  },
  {
    name: "9110 15.2: interim answers reach nobody",
    answer: `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}Content-Length: 2\r\n\r\nok`,
    status: "200",
    body: "ok",
  },
  {
    name: "9110 15.2.1: a 100 that nobody asked for",
    answer: `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 2\r\n\r\nok`,
    status: "200",
    body: "ok",
  },
  {
    name: "9110 7.6.1: hop-by-hop fields end here",
    answer: `${OK}Connection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\nProxy-Authenticate: Basic\r\nTrailer: X\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nok`,
    status: "200",
    body: "ok",
    head: /^HTTP\/1\.1 200 OK\r\nContent-Length: 2\r\nDate: [^\r]*\r\nConnection: close\r\n\r\n$/,
  },
  {
    name: "9110 5.3: order, case and repeats of the rest stay",
    answer: `${OK}set-cookie: a=1\r\nSet-Cookie: b=2\r\nX-B: \u00ff\r\nDate: Sat, 21 Nov 2026 10:00:00 GMT\r\nContent-Length: 2\r\n\r\nok`,
    status: "200",
    body: "ok",
    head: /^HTTP\/1\.1 200 OK\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\nX-B: \u00ff\r\nDate: Sat, 21 Nov 2026 10:00:00 GMT\r\nContent-Length: 2\r\nConnection: close\r\n\r\n$/,
  },
]);

testResponses("what a backend must not answer", [
  refused("9112 4: no HTTP", "hello\r\n\r\n"),
  refused("9112 4: another protocol", "SSH-2.0-OpenSSH_9.2\r\n"),
  refused("9112 4: HTTP/0.9", "<html>hello</html>"),
  refused("9112 4: HTTP/2", "HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n"),
  refused("9110 15: a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"),
  refused("9110 15: a status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"),
  refused("9110 15: status 099", "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n"),
  refused("9110 15: status 000", "HTTP/1.1 000 Odd\r\nContent-Length: 0\r\n\r\n"),
  refused(
    "9110 15.2.2: a switch of protocols unasked",
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
  ),
  refused(
    "9112 6.3: a length and chunked",
    `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ),
  refused("9112 6.3: two lengths", `${OK}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`),
  refused("9112 6.3: two equal lengths", `${OK}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`),
  refused("9112 6.3: a list of lengths", `${OK}Content-Length: 3, 3\r\n\r\nabc`),
  refused("9112 6.3: a negative length", `${OK}Content-Length: -1\r\n\r\n`),
  refused("9112 6.1: another coding", `${OK}Transfer-Encoding: gzip\r\n\r\nabc`),
  refused("9112 6.1: chunked twice", `${OK}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`),
  refused(
    "9112 6.1: chunked in HTTP/1.0",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  ),
  refused("9112 5.2: a folded field", `${OK}X: 1\r\n 2\r\nContent-Length: 0\r\n\r\n`),
  refused("9112 5.1: a blank before a colon", `${OK}Content-Length : 0\r\n\r\n`),
  refused("9110 5.5: a NUL in a value", `${OK}X: a\u0000b\r\nContent-Length: 0\r\n\r\n`),
  refused("9110 5.5: a control byte in a value", `${OK}X: a\u0001b\r\nContent-Length: 0\r\n\r\n`),
  refused(
    "9112 2.2: a bare CR in a value: no second answer can be made of it",
    `${OK}X: a\r\rHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`,
  ),
  refused(
    "9112 2.2: a bare LF in a value",
    `${OK}X: a\nSet-Cookie: evil=1\r\nContent-Length: 0\r\n\r\n`,
  ),
  refused("9112 2.2: a bare CR in the reason", "HTTP/1.1 200 O\rK\r\nContent-Length: 0\r\n\r\n"),
  refused("9110 5.1: a name with a blank", `${OK}X Y: 1\r\nContent-Length: 0\r\n\r\n`),
  refused(
    "9110 5.4: fields beyond 16 KB",
    `${OK}X: ${"x".repeat(17_000)}\r\nContent-Length: 0\r\n\r\n`,
  ),
  { ...refused("9110 15.5.9: the end before any answer", ""), ends: true },
  { ...refused("9112 8: the end within the head", `${OK}X: 1`), ends: true },
]);

testResponses("an answer that breaks off never looks whole", [
  { ...cut("9112 8: short of its length", `${OK}Content-Length: 500\r\n\r\nhello`), ends: true },
  {
    ...cut("9112 8: between chunks", `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`),
    ends: true,
  },
  {
    ...cut("9112 8: within a chunk", `${OK}Transfer-Encoding: chunked\r\n\r\n9\r\nhello`),
    ends: true,
  },
  {
    ...cut(
      "9112 8: without the last empty line",
      `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n`,
    ),
    ends: true,
  },
  cut(
    "9112 7.1: a chunk size that is no number",
    `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n`,
  ),
  cut(
    "9112 7.1: a chunk longer than its size",
    `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello!!\r\n0\r\n\r\n`,
  ),
  cut(
    "9112 7.1: a bare LF behind a chunk size",
    `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\nworld\r\n0\r\n\r\n`,
  ),
]);
