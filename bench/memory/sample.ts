/** What one holder of memory has at one moment, bytes. */
export interface Held {
  /** What cannot be dropped: anonymous and shared memory, the kernel's on its behalf, and what of it is swapped out. */
  readonly useBytes: number;
  /** The same with the file pages that were touched lately, as container tools show it. */
  readonly workingSetBytes: number;
  /** The most that was charged so far, all file pages included; undefined where nothing counts it. */
  readonly peakBytes: number | undefined;
}

/** By container name, and `kernel`, `system`, `docker`, `shims` for what runs beside the containers. */
export type Sample = ReadonlyMap<string, Held>;

type Numbers = ReadonlyMap<string, number>;
type Groups = ReadonlyMap<string, Numbers>;

const ENGINE = ["docker.service", "containerd.service"] as const;
const BESIDE = ["init.scope", "user.slice", "system.slice"] as const;

/** The numbers of one kind of line by holder; numbers of one key sum up. */
function numbersOf(text: string, kind: string): Map<string, Map<string, number>> {
  const holders = new Map<string, Map<string, number>>();
  for (const line of text.split("\n")) {
    const [what, who = "", key = "", value] = line.split("\t");
    if (what !== kind) continue;
    const numbers = holders.get(who) ?? new Map<string, number>();
    numbers.set(key, (numbers.get(key) ?? 0) + Number(value));
    holders.set(who, numbers);
  }
  return holders;
}

function sumOf(numbers: Numbers | undefined, ...keys: readonly string[]): number {
  return keys.reduce((sum, key) => sum + (numbers?.get(key) ?? 0), 0);
}

/** cgroup v1 counts the kernel's share in a file of its own and calls the hierarchy's sums total_. */
function heldOfV1(numbers: Numbers): Held {
  const useBytes = sumOf(
    numbers,
    "total_rss",
    "total_shmem",
    "total_swap",
    "memory.kmem.usage_in_bytes",
  );
  return {
    useBytes,
    workingSetBytes:
      sumOf(numbers, "memory.usage_in_bytes") - sumOf(numbers, "total_inactive_file"),
    peakBytes: numbers.get("memory.max_usage_in_bytes"),
  };
}

/** In memory now, without what is swapped out. */
function residentBytes(numbers: Numbers | undefined): number {
  return sumOf(numbers, "anon", "shmem", "kernel") - sumOf(numbers, "slab_reclaimable");
}

function heldOf(numbers: Numbers): Held {
  if (numbers.has("total_rss")) return heldOfV1(numbers);
  return {
    useBytes: residentBytes(numbers) + sumOf(numbers, "memory.swap.current"),
    workingSetBytes: sumOf(numbers, "memory.current") - sumOf(numbers, "inactive_file"),
    peakBytes: numbers.get("memory.peak"),
  };
}

function sumHeld(parts: readonly Held[]): Held {
  return {
    useBytes: parts.reduce((sum, { useBytes }) => sum + useBytes, 0),
    workingSetBytes: parts.reduce((sum, { workingSetBytes }) => sum + workingSetBytes, 0),
    peakBytes: undefined,
  };
}

/** What no group is charged for: the kernel's own tables, and the pages that it keeps free. */
function kernelOf(memory: Numbers, groups: Groups, containers: readonly Numbers[]): Held {
  const dropped = sumOf(memory, "MemFree", "Active(file)", "Inactive(file)", "SReclaimable");
  const charged = [...BESIDE.map((name) => groups.get(name)), ...containers].map(residentBytes);
  const held = sumOf(memory, "MemTotal", "min_free") - dropped;
  const useBytes = held - charged.reduce((sum, bytes) => sum + bytes, 0);
  return { useBytes, workingSetBytes: useBytes, peakBytes: undefined };
}

const without = (whole: Held, part: Held): Held => ({
  useBytes: whole.useBytes - part.useBytes,
  workingSetBytes: whole.workingSetBytes - part.workingSetBytes,
  peakBytes: undefined,
});

function besideOf(
  memory: Numbers,
  groups: Groups,
  containers: readonly Numbers[],
): Map<string, Held> {
  const held = (names: readonly string[]) =>
    sumHeld(names.flatMap((name) => (groups.has(name) ? heldOf(groups.get(name) as Numbers) : [])));
  return new Map([
    ["kernel", kernelOf(memory, groups, containers)],
    ["system", without(held(BESIDE), held(ENGINE))],
    ["docker", held(ENGINE)],
  ]);
}

/** The shims are in the engine's group. */
const SHIM = "containerd-shim";

function processesOf(text: string, wanted: (name: string) => boolean): Held {
  const useBytes = [...numbersOf(text, "process")]
    .filter(([name]) => wanted(name))
    .reduce((sum, [, numbers]) => sum + sumOf(numbers, ...numbers.keys()), 0);
  return { useBytes, workingSetBytes: useBytes, peakBytes: undefined };
}

/** Where systemd is not PID 1 the engine has no group: its processes are counted, and nothing is said of the rest. */
function restOf(text: string, groups: Groups, containers: readonly Numbers[]): Map<string, Held> {
  const memory = numbersOf(text, "meminfo").get("-") ?? new Map<string, number>();
  const shims = processesOf(text, (name) => name === SHIM);
  if (!groups.has("system.slice")) {
    const docker = processesOf(text, (name) => name !== SHIM);
    return new Map([["docker", docker]]).set("shims", shims);
  }
  const beside = besideOf(memory, groups, containers);
  const engine = beside.get("docker") as Held;
  return beside.set("docker", without(engine, shims)).set("shims", shims);
}

/** Reads what `probe.sh` printed. */
export function readSample(text: string): Sample {
  const groups = numbersOf(text, "group");
  const beside: readonly string[] = [...ENGINE, ...BESIDE];
  const containers = [...groups].filter(([name]) => !beside.includes(name));
  const rest = restOf(
    text,
    groups,
    containers.map(([, numbers]) => numbers),
  );
  return new Map([...containers.map(([name, each]) => [name, heldOf(each)] as const), ...rest]);
}

/** The larger of each number: what samples under load come to. */
export function largest(samples: readonly Sample[]): Sample {
  const most = new Map<string, Held>();
  for (const sample of samples) {
    for (const [who, held] of sample) {
      const before = most.get(who) ?? held;
      most.set(who, {
        useBytes: Math.max(before.useBytes, held.useBytes),
        workingSetBytes: Math.max(before.workingSetBytes, held.workingSetBytes),
        peakBytes: held.peakBytes ?? before.peakBytes,
      });
    }
  }
  return most;
}
