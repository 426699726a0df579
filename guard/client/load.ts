export type Level = "normal" | "warning" | "critical";

export interface Load {
  readonly level: Level;
  readonly connections: number;
  /** 0 to 1; undefined where it is unknown. */
  readonly memoryShare: number | undefined;
}

export interface LoadLimits {
  /** Open connections from which the load is a warning. Default 60 of 80, and of any other limit the same share. */
  readonly warnConnections: number;
  /** Open connections from which it is critical. Default 75 of 80, likewise: 5 are left for health checks. */
  readonly criticalConnections: number;
  /** Share of the memory limit from which it is a warning. Default 0.7. */
  readonly warnMemoryShare: number;
  /** Share of the memory limit above which it is critical. Default 0.8. */
  readonly criticalMemoryShare: number;
}

export const MAX_CONNECTIONS = 80;
const DEFAULTS: LoadLimits = {
  warnConnections: 60,
  criticalConnections: 75,
  warnMemoryShare: 0.7,
  criticalMemoryShare: 0.8,
};

/** Whatever the limit, one connection is served. */
const MIN_CRITICAL = 2;

/** Of 80 connections 60 and 75; of any other number the same shares. */
function connectionLimits(
  maxConnections: number,
): Pick<LoadLimits, "warnConnections" | "criticalConnections"> {
  const shareOf = (connections: number) =>
    Math.ceil((maxConnections * connections) / MAX_CONNECTIONS);
  return {
    warnConnections: shareOf(DEFAULTS.warnConnections),
    criticalConnections: Math.max(MIN_CRITICAL, shareOf(DEFAULTS.criticalConnections)),
  };
}

/** How heavy a load is. @param maxConnections of the server; limits that are not given follow it. @default 80 */
export function levelOf(
  { connections, memoryShare = 0 }: Omit<Load, "level">,
  given: Partial<LoadLimits> = {},
  maxConnections = MAX_CONNECTIONS,
): Level {
  const limits = { ...DEFAULTS, ...connectionLimits(maxConnections), ...withoutUndefined(given) };
  const isCritical =
    connections >= limits.criticalConnections || memoryShare > limits.criticalMemoryShare;
  if (isCritical) return "critical";
  const isWarning = connections >= limits.warnConnections || memoryShare > limits.warnMemoryShare;
  return isWarning ? "warning" : "normal";
}

function withoutUndefined(given: Partial<LoadLimits>): Partial<LoadLimits> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
