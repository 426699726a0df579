import { z } from "zod";

const DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*";
const DAYS = `${DAY}(?:(?:,|-|\\.\\.)${DAY})*`;
/** Numbers, lists, ranges, repetitions, or any. */
const FIELD = "[\\d*,./]+";
const DATE = `(?:${FIELD}-)?${FIELD}[-~]${FIELD}`;
const TIME = `${FIELD}:${FIELD}(?::${FIELD})?`;
const ZONE = "[A-Z][\\w+-]*(?:/[\\w+-]+)*";
const WORD = "(?:minutely|hourly|daily|weekly|monthly|quarterly|semiannually|yearly)";
const CALENDAR = `(?:${WORD}|${DAYS}(?: ${DATE})?(?: ${TIME})?|${DATE}(?: ${TIME})?|${TIME})(?: ${ZONE})?`;

export const OFF = "off";

/** When a job of the server's own runs, in its own time: the shape alone, the server's systemd has the last word. */
export const calendar = () =>
  z
    .string('must be a systemd calendar expression or "off"; write it like "Sun *-*-* 04:15:00"')
    .regex(
      new RegExp(`^(?:${OFF}|${CALENDAR})$`),
      'must be a systemd calendar expression or "off"; write it like "Sun *-*-* 04:15:00"',
    )
    .meta({ format: "systemd calendar expression" });
