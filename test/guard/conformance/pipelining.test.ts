import { SMUGGLED, testRequests } from "./request-case.ts";

const KEPT = "Host: a\r\nConnection: keep-alive\r\n\r\n";
const FIRST = "GET /first HTTP/1.1\r\nHost: a\r\n\r\n";
const REACHED = `GET /first HTTP/1.1\r\n${KEPT}`;

testRequests("several requests on one connection", [
  {
    name: "9112 9.3.2: are served in turn",
    raw: `${FIRST}POST /second HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcHEAD /third HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    reaches: [
      REACHED,
      "POST /second HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nabc",
      `HEAD /third HTTP/1.1\r\n${KEPT}`,
    ],
    answers: ["200 ok", "200 ok", "200"],
  },
  {
    name: "9112 9.6: none behind Connection: close",
    raw: `GET /first HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n${SMUGGLED}`,
    reaches: [REACHED],
    answers: ["200 ok"],
  },
  {
    name: "9112 9.6: close counts in any case and place",
    raw: `GET /first HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n${SMUGGLED}`,
    reaches: [REACHED],
    answers: ["200 ok"],
  },
  {
    name: "9112 9.3: HTTP/1.0 with keep-alive goes on",
    raw: "GET /first HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\nGET /second HTTP/1.0\r\nHost: a\r\n\r\n",
    reaches: [REACHED, `GET /second HTTP/1.1\r\n${KEPT}`],
    answers: ["200 ok", "200 ok"],
  },
  {
    name: "none behind one that the guard refuses",
    raw: `GET http://other/ HTTP/1.1\r\nHost: a\r\n\r\n${SMUGGLED}`,
    reaches: [],
    answers: ["400 target_not_origin_form"],
  },
  {
    name: "none behind a refused one that had a body",
    raw: `POST http://other/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc${SMUGGLED}`,
    reaches: [],
    answers: ["400 target_not_origin_form"],
  },
  {
    name: "a good one before a refused one is answered first",
    raw: `${FIRST}GET http://other/ HTTP/1.1\r\nHost: a\r\n\r\n${SMUGGLED}`,
    reaches: [REACHED],
    answers: ["200 ok", "400 target_not_origin_form"],
  },
  {
    name: "16 may wait behind the one at work",
    raw: `${FIRST.repeat(16)}GET /first HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    reaches: Array(17).fill(REACHED),
    answers: Array(17).fill("200 ok"),
  },
]);
