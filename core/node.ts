import { MIB, toMib } from "./units.ts";

/** A small young generation keeps garbage from inflating the resident size; 8 MiB still absorbs an export. */
const SEMI_SPACE_MIB = 8;
/** V8 keeps three semi-spaces. */
const SEMI_SPACES = 3;
/** Code, buffers, TLS and stacks live outside the heap: never less than 64 MiB, and a fifth of the limit. */
const NATIVE_FLOOR_MIB = 64;
const NATIVE_SHARE = 0.2;

/** Flags of a Node process. */
export interface NodePlan {
  /** `--max-old-space-size`, MiB. Below the limit, so that V8 collects before the kernel kills. */
  readonly oldSpaceMib: number;
  /** `--max-semi-space-size`, MiB. */
  readonly semiSpaceMib: number;
}

/** Heap sizes for a Node process that has a container of `limitBytes` to itself. May be negative: see invariants.ts. */
export function nodePlan(limitBytes: number): NodePlan {
  const limitMib = toMib(limitBytes);
  const nativeMib = Math.max(NATIVE_FLOOR_MIB, Math.ceil(limitMib * NATIVE_SHARE));
  return {
    oldSpaceMib: limitMib - SEMI_SPACES * SEMI_SPACE_MIB - nativeMib,
    semiSpaceMib: SEMI_SPACE_MIB,
  };
}

export function heapBytes(plan: NodePlan): number {
  return plan.oldSpaceMib * MIB;
}
