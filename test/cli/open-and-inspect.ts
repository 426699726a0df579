import { inspectEngine } from "../../cli/inspect.ts";
import { openTarget } from "../../cli/target.ts";

/** In one call, for a process whose PATH is the test's. */
export function openAndInspect(name: string) {
  return inspectEngine(openTarget(name));
}
