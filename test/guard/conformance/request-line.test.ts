import { type RequestCase, SMUGGLED, testRequests } from "./request-case.ts";

function refused(name: string, raw: string, reason = "malformed"): RequestCase {
  return { name, raw: raw + SMUGGLED, reaches: [], answers: [`400 ${reason}`] };
}

function passed(name: string, line: string): RequestCase {
  return {
    name,
    raw: `${line}\r\nHost: a\r\nConnection: close\r\n\r\n`,
    reaches: [`${line}\r\nHost: a\r\nConnection: keep-alive\r\n\r\n`],
    answers: ["200 ok"],
  };
}

const HOST = "\r\nHost: a\r\n\r\n";
const TARGET = "target_not_origin_form";

testRequests("the request line", [
  passed("9112 3.2.1: path and query as they came", "GET /a/../b//c;d?e=%2e&f=[1]|^` HTTP/1.1"),
  passed("9112 3.2.1: encoded slashes and dots stay encoded", "GET /a%2f..%2fb/%00%0d%0a HTTP/1.1"),
  passed("9112 3.2.1: two slashes are a path, not a host", "GET //other/x HTTP/1.1"),
  passed("9112 3.2: characters that no URI has, but browsers send", 'GET /"<>\\^`{|} HTTP/1.1'),
  {
    name: "9110 9.1: a method of WebDAV, without a body",
    raw: "PROPFIND / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    reaches: [
      "PROPFIND / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
    ],
    answers: ["200 ok"],
  },
  {
    name: "9112 3: more blanks than one may be taken for one, and are not passed on",
    raw: "GET   /   HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    reaches: ["GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"],
    answers: ["200 ok"],
  },
  {
    name: "9112 2.2: empty lines before the request",
    raw: "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    reaches: ["GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"],
    answers: ["200 ok"],
  },
  {
    name: "9112 2.5: HTTP/1.0 goes on as 1.1 and is closed after its answer",
    raw: `GET / HTTP/1.0\r\nHost: a\r\n\r\n${SMUGGLED}`,
    reaches: ["GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"],
    answers: ["200 ok"],
  },
  refused(
    "9112 3.2.2: absolute form with another host",
    `GET http://other/ HTTP/1.1${HOST}`,
    TARGET,
  ),
  refused("9112 3.2.2: absolute form with the same host", `GET http://a/ HTTP/1.1${HOST}`, TARGET),
  refused("9112 3.2.2: another scheme", `GET file:///etc/passwd HTTP/1.1${HOST}`, TARGET),
  refused("9112 3.2.3: authority form outside CONNECT", `GET other:80 HTTP/1.1${HOST}`),
  refused("9112 3.2.4: asterisk form", `OPTIONS * HTTP/1.1${HOST}`, TARGET),
  refused("9112 3.2: a relative path", `GET a/b HTTP/1.1${HOST}`),
  refused("9112 3.2: a query alone", `GET ?a HTTP/1.1${HOST}`),
  refused("9110 4.2.5: a fragment", `GET /a#b HTTP/1.1${HOST}`, TARGET),
  refused("9112 3.2: a NUL in the target", `GET /a\u0000b HTTP/1.1${HOST}`),
  refused("9112 3.2: DEL in the target", `GET /a\u007fb HTTP/1.1${HOST}`),
  refused("9112 3.2: an escape in the target", `GET /a\u001bb HTTP/1.1${HOST}`),
  refused("9112 3.2: a tab in the target", `GET /a\tb HTTP/1.1${HOST}`),
  refused("9112 3.2: bytes beyond ASCII", `GET /\u00c3\u00a4 HTTP/1.1${HOST}`),
  refused("9112 3: a blank in the target", `GET /a b HTTP/1.1${HOST}`),
  refused("9112 3: a tab for a blank", `GET\t/ HTTP/1.1${HOST}`),
  refused("9112 3: a blank behind the version", `GET / HTTP/1.1 ${HOST}`),
  refused("9112 3: a blank before the method", ` GET / HTTP/1.1${HOST}`),
  refused("9112 3: no target", `GET HTTP/1.1${HOST}`),
  refused("9112 3: no version", `GET /${HOST}`, "version_not_supported"),
  refused("9112 3: garbage", "\u0016\u0003\u0001\u0002\r\n\r\n"),
  refused("9112 2.2: a bare LF behind the line", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
  refused("9112 2.2: a bare CR behind the line", "GET / HTTP/1.1\rHost: a\r\n\r\n"),
  refused("9112 2.3: HTTP/0.9", `GET / HTTP/0.9${HOST}`, "version_not_supported"),
  refused("9112 2.3: HTTP/1.2", `GET / HTTP/1.2${HOST}`),
  refused("9112 2.3: HTTP/2.0", `GET / HTTP/2.0${HOST}`, "version_not_supported"),
  refused("9112 2.3: HTTP/11", `GET / HTTP/11${HOST}`),
  refused("9112 2.3: http in small letters", `GET / http/1.1${HOST}`),
  refused("9113 3.4: the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  refused("9110 9.3.6: CONNECT", `CONNECT other:443 HTTP/1.1${HOST}`, "method_not_supported"),
  refused("9110 9.3.8: TRACE", `TRACE / HTTP/1.1${HOST}`, "method_not_supported"),
  refused("9110 9.1: a method in small letters", `get / HTTP/1.1${HOST}`),
  refused("9110 9.1: an unknown method", `FROB / HTTP/1.1${HOST}`),
  refused("9110 9.1: a method that is no token", `G@T / HTTP/1.1${HOST}`),
  {
    name: "9112 3: a line beyond 16 KB",
    raw: `GET /${"a".repeat(17_000)} HTTP/1.1${HOST}`,
    reaches: [],
    answers: ["431 headers_over_16_kb"],
  },
]);
