export type Level = "normal" | "warning" | "critical";

export interface Load {
  readonly level: Level;
  readonly connections: number;
  /** 0 to 1; undefined where it is unknown. */
  readonly memoryShare: number | undefined;
}

export interface LoadLimits {
  /** Open connections from which the load is a warning. Default 60. */
  readonly warnConnections: number;
  /** Open connections from which it is critical. Default 75, so that 5 of 80 are left for health checks. */
  readonly criticalConnections: number;
  /** Share of the memory limit from which it is a warning. Default 0.7. */
  readonly warnMemoryShare: number;
  /** Share of the memory limit above which it is critical. Default 0.8. */
  readonly criticalMemoryShare: number;
}

const DEFAULTS: LoadLimits = {
  warnConnections: 60,
  criticalConnections: 75,
  warnMemoryShare: 0.7,
  criticalMemoryShare: 0.8,
};

/** How heavy a load is. */
export function levelOf(
  { connections, memoryShare = 0 }: Omit<Load, "level">,
  given: Partial<LoadLimits> = {},
): Level {
  const limits = { ...DEFAULTS, ...withoutUndefined(given) };
  const isCritical =
    connections >= limits.criticalConnections || memoryShare > limits.criticalMemoryShare;
  if (isCritical) return "critical";
  const isWarning = connections >= limits.warnConnections || memoryShare > limits.warnMemoryShare;
  return isWarning ? "warning" : "normal";
}

function withoutUndefined(given: Partial<LoadLimits>): Partial<LoadLimits> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
