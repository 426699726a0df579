import { ANY_REASON, type RequestCase, SMUGGLED, testRequests } from "./request-case.ts";

const ZERO_CHUNK = "0\r\n\r\n";

/** A length that two programs can read in two ways: refused, and nothing behind it is served. */
function ambiguous(name: string, fields: string, reason = "malformed"): RequestCase {
  return {
    name,
    raw: `POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n${ZERO_CHUNK}${SMUGGLED}`,
    reaches: [],
    answers: [`400 ${reason}`],
  };
}

const NOT_CHUNKED = "transfer_encoding_not_chunked";
const PASSED = "Host: a\r\nConnection: close\r\n";
const KEPT = "Connection: keep-alive\r\n\r\n";

testRequests("the length of a request", [
  {
    name: "9112 6.2: a length is passed on, and its body",
    raw: `POST / HTTP/1.1\r\n${PASSED}Content-Length: 3\r\n\r\nabc`,
    reaches: [`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n${KEPT}abc`],
    answers: ["200 ok"],
  },
  {
    name: "9112 6.2: leading zeros are digits",
    raw: `POST / HTTP/1.1\r\n${PASSED}Content-Length: 0003\r\n\r\nabc`,
    reaches: [`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0003\r\n${KEPT}abc`],
    answers: ["200 ok"],
  },
  {
    name: "9110 5.5: blanks around a length are no part of it",
    raw: `POST / HTTP/1.1\r\n${PASSED}Content-Length:  3  \r\n\r\nabc`,
    reaches: [`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n${KEPT}abc`],
    answers: ["200 ok"],
  },
  {
    name: "9110 8.6: POST without a body says so",
    raw: `POST / HTTP/1.1\r\n${PASSED}\r\n`,
    reaches: [`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n${KEPT}`],
    answers: ["200 ok"],
  },
  {
    name: "9112 6.3: GET without a length has no body",
    raw: `GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\n${PASSED}\r\n`,
    reaches: [`GET /1 HTTP/1.1\r\nHost: a\r\n${KEPT}`, `GET /2 HTTP/1.1\r\nHost: a\r\n${KEPT}`],
    answers: ["200 ok", "200 ok"],
  },
  {
    name: "9110 9.3.1: the body of a GET is passed on within its length",
    raw: `GET /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /2 HTTP/1.1\r\n${PASSED}\r\n`,
    reaches: [
      `GET /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n${KEPT}abc`,
      `GET /2 HTTP/1.1\r\nHost: a\r\n${KEPT}`,
    ],
    answers: ["200 ok", "200 ok"],
  },
  {
    name: "9110 9.3.5: so is that of a DELETE",
    raw: `DELETE / HTTP/1.1\r\n${PASSED}Content-Length: 3\r\n\r\nabc`,
    reaches: [`DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n${KEPT}abc`],
    answers: ["200 ok"],
  },
  {
    name: "9112 6.3: HEAD with a length and no body",
    raw: `HEAD / HTTP/1.1\r\n${PASSED}Content-Length: 0\r\n\r\n`,
    reaches: [`HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n${KEPT}`],
    answers: ["200"],
  },
  {
    name: "9112 6.1: chunked is passed on as chunked, in any case of letters",
    raw: `POST / HTTP/1.1\r\n${PASSED}Transfer-Encoding: ChUnKeD\r\n\r\n3\r\nabc\r\n${ZERO_CHUNK}`,
    reaches: [
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n${KEPT}3\r\nabc\r\n${ZERO_CHUNK}`,
    ],
    answers: ["200 ok"],
  },
  ambiguous(
    "9112 6.3: a length, then chunked",
    "Content-Length: 3\r\nTransfer-Encoding: chunked",
    "malformed",
  ),
  ambiguous(
    "9112 6.3: chunked, then a length",
    "Transfer-Encoding: chunked\r\nContent-Length: 3",
    "malformed",
  ),
  ambiguous(
    "9112 6.3: a length of 0 and chunked",
    "Content-Length: 0\r\nTransfer-Encoding: chunked",
    "malformed",
  ),
  ambiguous("9112 6.3: a length and identity", "Content-Length: 3\r\nTransfer-Encoding: identity"),
  ambiguous("9112 6.3: two equal lengths", "Content-Length: 3\r\nContent-Length: 3"),
  ambiguous("9112 6.3: two lengths, the first 0", "Content-Length: 0\r\nContent-Length: 3"),
  ambiguous("9112 6.3: two lengths, the second 0", "Content-Length: 3\r\nContent-Length: 0"),
  ambiguous("9112 6.3: two lengths in two cases", "Content-Length: 3\r\ncontent-length: 4"),
  ambiguous("9112 6.3: a list of equal lengths", "Content-Length: 3, 3"),
  ambiguous("9112 6.3: a list of lengths", "Content-Length: 3, 4"),
  ambiguous("9112 6.3: a negative length", "Content-Length: -3"),
  ambiguous("9112 6.3: a length with a plus", "Content-Length: +3"),
  ambiguous("9112 6.3: a hexadecimal length", "Content-Length: 0x3"),
  ambiguous("9112 6.3: a length with a point", "Content-Length: 3.0"),
  ambiguous("9112 6.3: a length with an exponent", "Content-Length: 3e0"),
  ambiguous("9112 6.3: a length with a separator", "Content-Length: 1_0"),
  ambiguous("9112 6.3: two numbers", "Content-Length: 3 4"),
  ambiguous("9112 6.3: a length in quotes", 'Content-Length: "3"'),
  ambiguous("9112 6.3: an empty length", "Content-Length:"),
  ambiguous("9112 6.3: a blank length", "Content-Length:  "),
  ambiguous("9112 6.3: a length beyond 64 bits", "Content-Length: 18446744073709551619"),
  ambiguous("9112 6.3: full-width digits", "Content-Length: \u00ef\u00bc\u0093"),
  ambiguous("9112 5.1: a blank before the length's colon", "Content-Length : 3"),
  ambiguous("9112 5.1: a tab before the length's colon", "Content-Length\t: 3"),
  ambiguous("9112 5.2: a folded length", "Content-Length:\r\n 3"),
  ambiguous("9110 5.5: a NUL behind the length", "Content-Length: 3\u0000"),
  ambiguous("9112 6.1: gzip, chunked", "Transfer-Encoding: gzip, chunked", NOT_CHUNKED),
  ambiguous("9112 6.1: chunked, gzip", "Transfer-Encoding: chunked, gzip", "malformed"),
  ambiguous("9112 6.1: chunked, identity", "Transfer-Encoding: chunked, identity", "malformed"),
  ambiguous(
    "9112 6.1: chunked twice in one line",
    "Transfer-Encoding: chunked, chunked",
    "malformed",
  ),
  ambiguous(
    "9112 6.1: chunked in two lines",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    "malformed",
  ),
  ambiguous(
    "9112 6.1: identity and chunked in two lines",
    "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    NOT_CHUNKED,
  ),
  ambiguous("9112 6.1: identity", "Transfer-Encoding: identity", NOT_CHUNKED),
  ambiguous("9112 6.1: an unknown coding", "Transfer-Encoding: xchunked", NOT_CHUNKED),
  ambiguous("9112 6.1: chunked with a prefix", "Transfer-Encoding: chunkedx", NOT_CHUNKED),
  ambiguous("9112 6.1: chunked in quotes", 'Transfer-Encoding: "chunked"', NOT_CHUNKED),
  ambiguous("9112 6.1: chunked with a parameter", "Transfer-Encoding: chunked;q=1", NOT_CHUNKED),
  ambiguous("9112 6.1: an empty coding", "Transfer-Encoding:", ANY_REASON),
  ambiguous("9112 6.1: a comma before chunked", "Transfer-Encoding: ,chunked", NOT_CHUNKED),
  ambiguous("9112 6.1: a vertical tab before chunked", "Transfer-Encoding: \u000bchunked"),
  ambiguous("9112 5.1: a blank before the coding's colon", "Transfer-Encoding : chunked"),
  ambiguous("9112 5.2: a folded coding", "Transfer-Encoding:\r\n chunked"),
  ambiguous("9112 5.2: a coding folded into another field", "X: 1\r\n Transfer-Encoding: chunked"),
  ambiguous("9112 2.2: a bare CR before the coding", "X: 1\rTransfer-Encoding: chunked"),
  ambiguous("9112 2.2: a bare LF before the coding", "X: 1\nTransfer-Encoding: chunked"),
  {
    name: "9112 6.1: chunked in HTTP/1.0",
    raw: `POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${ZERO_CHUNK}${SMUGGLED}`,
    reaches: [],
    answers: ["400 transfer_encoding_in_http_1_0"],
  },
  {
    name: "9110 8.6: an underscore makes another name, which is passed on and rules nothing",
    raw: `POST / HTTP/1.1\r\n${PASSED}Content_Length: 3\r\nTransfer_Encoding: chunked\r\n\r\n`,
    reaches: [
      `POST / HTTP/1.1\r\nHost: a\r\nContent_Length: 3\r\nTransfer_Encoding: chunked\r\nContent-Length: 0\r\n${KEPT}`,
    ],
    answers: ["200 ok"],
  },
]);
