import { disordered } from "./ordered.ts";
import type { Rule } from "./rule.ts";

/** A stream ends at the app, never at a proxy in between, and a container is killed only after its drain. */
export const timeouts: Rule = ({ timeouts: times }) => [
  ...disordered(
    [
      ["timeouts.heartbeat", times.heartbeatMs],
      ["timeouts.proxyRead", times.proxyReadMs],
      ["timeouts.deadline", times.deadlineMs],
      ["timeouts.drain", times.drainMs],
      ["timeouts.stopGrace", times.stopGraceMs],
    ],
    "ms",
  ),
  ...disordered(
    [
      ["timeouts.acquire", times.acquireMs],
      ["timeouts.proxyRead", times.proxyReadMs],
      ["timeouts.cdn", times.cdnMs],
    ],
    "ms",
  ),
];
