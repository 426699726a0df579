import { formatMib, MIB } from "../units.ts";
import type { Rule } from "./rule.ts";

/** Buffers, code and stacks beside the heap: without room for them the kernel kills before V8 collects. */
const NATIVE_BYTES = 64 * MIB;
const SEMI_SPACES = 3;

/** A Node process' heap stays below its container's limit. */
export const heaps: Rule = ({ memory, slots }) =>
  slots.flatMap(({ service, index, container, node }) => {
    const limitBytes = memory.lines.find((line) => line.container === container)?.limitBytes ?? 0;
    const heap = node ? node.oldSpaceBytes + SEMI_SPACES * node.semiSpaceBytes : 0;
    if (!node || index > 1 || heap + NATIVE_BYTES <= limitBytes) return [];
    return [
      {
        path: `services.${service}.limit`,
        rule: `holds a heap of ${formatMib(heap)} and ${formatMib(NATIVE_BYTES)} beside it`,
        got: formatMib(limitBytes),
        fix: "raise it or leave heap out",
        repair: [{ path: ["services", service, "heapBytes"], to: undefined }],
      },
    ];
  });
