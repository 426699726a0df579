import { z } from "zod";
import { GIB, KIB, MIB, MINUTE_MS, SECOND_MS } from "../core/units.ts";

const SIZE_UNITS = { KiB: KIB, MiB: MIB, GiB: GIB } as const;
const DURATION_UNITS = { ms: 1, s: SECOND_MS, m: MINUTE_MS } as const;
/** The largest server of one machine that is for hire; catches a slipped unit. */
const MAX_SIZE_BYTES = 24 * 1024 * GIB;
const MAX_DURATION_MS = 24 * 60 * MINUTE_MS;

interface Quantity {
  /** What it is and in which units, for the reference. */
  readonly name: string;
  readonly units: Readonly<Record<string, number>>;
  readonly rule: string;
  readonly fix: string;
  readonly max: number;
}

function parse(text: string, { units }: Quantity): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text.trim());
  const unit = units[match?.[2] ?? ""];
  return match && unit ? Math.round(Number(match[1]) * unit) : undefined;
}

function quantity(kind: Quantity) {
  return z
    .string({ error: `${kind.rule}; ${kind.fix}` })
    .meta({ format: kind.name })
    .transform((text, context) => {
      const value = parse(text, kind);
      if (value === undefined)
        context.addIssue({ code: "custom", message: `${kind.rule}; ${kind.fix}` });
      else if (value > kind.max)
        context.addIssue({ code: "custom", message: `${kind.rule}; use a smaller one` });
      return value ?? z.NEVER;
    });
}

/** A size such as `"300MiB"`, in bytes inside the program. Binary units only: "MB" means two things. */
export const size = () =>
  quantity({
    name: "size in KiB, MiB or GiB",
    units: SIZE_UNITS,
    rule: "must be a size with KiB, MiB or GiB",
    fix: 'write it like "300MiB"',
    max: MAX_SIZE_BYTES,
  });

/** A duration such as `"30s"`, in ms inside the program. */
export const duration = () =>
  quantity({
    name: "duration in ms, s or m",
    units: DURATION_UNITS,
    rule: "must be a duration with ms, s or m",
    fix: 'write it like "30s"',
    max: MAX_DURATION_MS,
  });
