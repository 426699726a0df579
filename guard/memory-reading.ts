/** One look at the memory of a cgroup or of the server. */
export interface MemoryReading {
  /** Without the file cache, which the kernel gives up at will. */
  readonly usedBytes: number;
  /** Undefined where there is none. */
  readonly limitBytes: number | undefined;
  /** Kills by the kernel since the cgroup was made; undefined where it does not say. */
  readonly oomKills: number | undefined;
  /** Time for which all of its programs waited for memory, since the cgroup was made. */
  readonly stallMs: number | undefined;
  /** Changes when the cgroup was made anew: its container was replaced or started again. */
  readonly generation: number;
}
