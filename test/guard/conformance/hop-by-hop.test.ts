import { type RequestCase, SMUGGLED, testRequests } from "./request-case.ts";

/** Of these fields the backend gets only `reached`, in the guard's own Connection. */
function passed(name: string, fields: string, reached = ""): RequestCase {
  return {
    name,
    raw: `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${fields}\r\n\r\n`,
    reaches: [`GET / HTTP/1.1\r\nHost: a\r\n${reached}Connection: keep-alive\r\n\r\n`],
    answers: ["200 ok"],
  };
}

function refused(name: string, fields: string, reason: string): RequestCase {
  return {
    name,
    raw: `GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n${SMUGGLED}`,
    reaches: [],
    answers: [`400 ${reason}`],
  };
}

const PROTECTED = "connection_names_a_protected_header";
const UPGRADE = "upgrade_not_supported";
const KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13";

testRequests("fields that end at the guard", [
  passed(
    "9110 7.6.1: what Connection names goes",
    "Connection: X-Hop\r\nX-Hop: 1\r\nX: 2",
    "X: 2\r\n",
  ),
  passed("9110 7.6.1: in any case of letters", "Connection: x-hOp\r\nX-Hop: 1"),
  passed("9110 7.6.1: however often it comes", "Connection: X-Hop\r\nX-Hop: 1\r\nx-hop: 2"),
  passed("9110 7.6.1: from a list with holes", "Connection: ,, X-A ,\tX-B,\r\nX-A: 1\r\nX-B: 2"),
  passed(
    "9110 7.6.1: from two Connections",
    "Connection: X-A\r\nConnection: X-B\r\nX-A: 1\r\nX-B: 2",
  ),
  passed("9110 7.6.1: also when it comes first", "X-Hop: 1\r\nConnection: X-Hop"),
  passed("9110 7.6.1: Keep-Alive", "Keep-Alive: timeout=5, max=100"),
  passed("9110 7.6.1: Proxy-Connection", "Proxy-Connection: keep-alive"),
  passed("9110 10.1.4: TE", "TE: trailers, deflate;q=0.5"),
  passed("9110 6.6.2: Trailer", "Trailer: X-Sum"),
  passed("9110 11.7.2: Proxy-Authorization", "Proxy-Authorization: Basic YTpi"),
  passed("9110 11.7.1: Proxy-Authenticate", "Proxy-Authenticate: Basic"),
  passed("9110 7.8: an upgrade that Connection does not name", "Upgrade: websocket"),
  passed("9113 3.1: HTTP2-Settings", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"),
  passed(
    "9110 7.6.1: Authorization and Cookie may be named, and go",
    "Connection: Authorization, Cookie\r\nAuthorization: Basic YTpi\r\nCookie: a=1",
  ),
  refused("9110 7.6.1: Host may not be named", "Connection: Host", PROTECTED),
  refused(
    "9110 7.6.1: nor Content-Length",
    "Connection: content-length\r\nContent-Length: 0",
    PROTECTED,
  ),
  refused("9110 7.6.1: nor X-Forwarded-For", "Connection: X-Forwarded-For", PROTECTED),
  refused("9110 7.6.1: nor X-Forwarded-Proto", "Connection: close, x-forwarded-proto", PROTECTED),
  refused("9110 7.6.1: nor Forwarded", "Connection: close\r\nConnection: Forwarded", PROTECTED),
  refused("9110 7.6.1: nor X-Real-IP", "Connection:X-Real-IP", PROTECTED),
  refused("9110 7.6.1: nor X-Request-Id", "Connection: ,X-Request-Id,", PROTECTED),
  passed(
    "what nginx vouches for passes as it comes",
    "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b\r\nForwarded: for=b\r\nX-Real-IP: 203.0.113.7\r\nX-Request-Id: 7",
    "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b\r\nForwarded: for=b\r\nX-Real-IP: 203.0.113.7\r\nX-Request-Id: 7\r\n",
  ),
  passed(
    "a method override is no method: it passes",
    "X-HTTP-Method-Override: TRACE",
    "X-HTTP-Method-Override: TRACE\r\n",
  ),
]);

testRequests("expectations and upgrades", [
  {
    name: "9110 10.1.1: 100-continue is answered by the guard and not passed on",
    raw: "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    reaches: [
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nabc",
    ],
    answers: ["100", "200 ok"],
  },
  {
    name: "9110 10.1.1: without a body there is nothing to wait for",
    raw: "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n",
    reaches: ["GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"],
    answers: ["200 ok"],
  },
  {
    name: "9110 10.1.1: HTTP/1.0 gets no 100",
    raw: "POST / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    reaches: [
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nabc",
    ],
    answers: ["200 ok"],
  },
  {
    name: "9110 10.1.1: any other expectation is not met",
    raw: `POST / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\nContent-Length: 3\r\n\r\nabc${SMUGGLED}`,
    reaches: [],
    answers: ["400 expectation_not_supported"],
  },
  refused(
    "9113 3.1: h2c",
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x",
    UPGRADE,
  ),
  refused("9110 7.8: another protocol", "Connection: Upgrade\r\nUpgrade: IRC/6.9", UPGRADE),
  refused("9110 7.8: TLS", "Connection: Upgrade\r\nUpgrade: TLS/1.0", UPGRADE),
  refused(
    "9110 7.8: a choice of protocols",
    "Connection: Upgrade\r\nUpgrade: h2c, websocket",
    UPGRADE,
  ),
  refused(
    "9110 7.8: two Upgrades",
    "Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c",
    UPGRADE,
  ),
  passed("9110 7.8: an empty Upgrade asks for nothing", "Connection: Upgrade\r\nUpgrade:"),
  refused(
    "6455 4.1: a WebSocket with a body",
    `Connection: Upgrade\r\nUpgrade: websocket\r\n${KEY}\r\nContent-Length: 3`,
    UPGRADE,
  ),
  {
    name: "6455 4.1: a WebSocket by POST",
    raw: `POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${KEY}\r\n\r\n${SMUGGLED}`,
    reaches: [],
    answers: [`400 ${UPGRADE}`],
  },
  {
    name: "6455 4.1: a WebSocket in HTTP/1.0",
    raw: `GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${KEY}\r\n\r\n${SMUGGLED}`,
    reaches: [],
    answers: [`400 ${UPGRADE}`],
  },
  {
    name: "6455 4.2.2: a backend that does not switch answers as it likes, and is then hung up",
    raw: `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${KEY}\r\n\r\n${SMUGGLED}`,
    reaches: [
      `GET / HTTP/1.1\r\nHost: a\r\n${KEY}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    ],
    answers: ["200 ok"],
  },
]);
