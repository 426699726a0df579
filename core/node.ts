import { type Figure, Figures, type FiguresOf, why } from "./figure.ts";
import { MIB, wholeMib } from "./units.ts";

/** A small young generation keeps garbage from inflating the resident size; 8 MiB still absorbs an export. */
const SEMI_SPACE_BYTES = 8 * MIB;
/** V8 keeps three semi-spaces. */
const SEMI_SPACES = 3;
/** Code, buffers, TLS and stacks live outside the heap: never less than 64 MiB, and a fifth of the limit. */
const NATIVE_FLOOR_BYTES = 64 * MIB;
const NATIVE_PERCENT = 20;
/** glibc's arenas keep memory that was freed: two are enough for one busy thread. */
const MALLOC_ARENAS = 2;

/** Flags of a Node process. */
export interface NodePlan {
  /** `--max-old-space-size`. Below the limit, so that V8 collects before the kernel kills. */
  readonly oldSpaceBytes: number;
  /** `--max-semi-space-size`. */
  readonly semiSpaceBytes: number;
  /** What V8 does not count: code, buffers, TLS, stacks. */
  readonly nativeBytes: number;
  /** `MALLOC_ARENA_MAX`. */
  readonly mallocArenas: number;
}

/** What V8 may keep of a limit for long-lived objects; negative where the limit is too small for any. */
export function oldSpaceBytes(limitBytes: number): number {
  return wholeMib(limitBytes - SEMI_SPACES * SEMI_SPACE_BYTES - nativeBytes(limitBytes));
}

function nativeBytes(limitBytes: number): number {
  const shareBytes = Math.ceil((limitBytes * NATIVE_PERCENT) / 100 / MIB) * MIB;
  return Math.max(NATIVE_FLOOR_BYTES, shareBytes);
}

/**
 * Heap sizes for a Node process that has a container to itself. May be negative: the invariants judge.
 * @param heap the operator's own old space
 */
export function nodeFigures(
  who: string,
  limit: Figure<number>,
  heap: Figure<number> | undefined,
): FiguresOf<NodePlan> {
  const figures = new Figures(who, {
    source: "V8's spaces and resident sizes, measured on Node 20 and 24",
    writtenIn: "environment",
  });
  const inner = new Figures(who, { source: "measured: 40 MiB of an empty Node 20, and its work" });
  const native = inner.bytes(
    "native_memory",
    nativeBytes(limit.value),
    why`${NATIVE_PERCENT} % of ${limit}, at least 64 MiB`,
  );
  const semiSpace = figures.bytes(
    "max_semi_space_size",
    SEMI_SPACE_BYTES,
    why`small, and room for an export; V8 keeps three`,
  );
  return {
    oldSpaceBytes: heap
      ? figures.bytes("max_old_space_size", heap.value, why`${heap}`)
      : figures.bytes(
          "max_old_space_size",
          oldSpaceBytes(limit.value),
          why`${limit} - ${SEMI_SPACES} x ${semiSpace} - ${native}`,
        ),
    semiSpaceBytes: semiSpace,
    nativeBytes: native,
    mallocArenas: figures.count("malloc_arena_max", MALLOC_ARENAS, why`one busy thread`),
  };
}
