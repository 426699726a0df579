import { disordered } from "./ordered.ts";
import type { Rule } from "./rule.ts";

const CHAINS = [
  ["heartbeatMs", "proxyReadMs", "deadlineMs", "drainMs", "stopGraceMs"],
  ["acquireMs", "proxyReadMs", "cdnMs"],
] as const;

/** A stream ends at the app, never at a proxy in between, and a container is killed only after its drain. */
export const timeouts: Rule = ({ spec, timeouts: values }) =>
  CHAINS.flatMap((keys) => disordered(spec, { part: "timeouts", keys, values, unit: "ms" }));
