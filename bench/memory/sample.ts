/** What one holder of memory has at one moment, bytes. */
export interface Held {
  /** What cannot be dropped: anonymous and shared memory, the kernel's on its behalf, and what of it is swapped out. */
  readonly useBytes: number;
  /** The same with the file pages that were touched lately, as container tools show it. */
  readonly workingSetBytes: number;
  /** The most that was charged so far, all file pages included; undefined where nothing counts it. */
  readonly peakBytes: number | undefined;
}

/** By who holds it. */
export type Sample = ReadonlyMap<string, Held>;

type Numbers = ReadonlyMap<string, number>;
type Groups = ReadonlyMap<string, Numbers>;

/** The numbers of one kind of line by holder; numbers of one key sum up. */
function numbersOf(text: string, kind: string): Groups {
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

const held = (useBytes: number): Held => ({
  useBytes,
  workingSetBytes: useBytes,
  peakBytes: undefined,
});

/** What no group is charged for: the kernel's own tables, and the pages that it keeps free. */
function kernelOf(text: string): Held {
  const memory = numbersOf(text, "meminfo").get("-");
  const charged = [...numbersOf(text, "slice").values()].map(residentBytes);
  const dropped = sumOf(memory, "MemFree", "Active(file)", "Inactive(file)", "SReclaimable");
  const all = sumOf(memory, "MemTotal", "min_free_kbytes") - dropped;
  return held(all - charged.reduce((sum, bytes) => sum + bytes, 0));
}

function anonymousOf(text: string, ...names: readonly string[]): number {
  const processes = numbersOf(text, "process");
  return names.reduce((sum, name) => sum + sumOf(processes.get(name), "anonymous"), 0);
}

const SHIM = "containerd-shim";
const CONTAINERD = "containerd";
const ENGINE: readonly string[] = ["docker.service", "containerd.service"];
const BESIDE: readonly string[] = ["init.scope", "user.slice"];

/** The shims, and what a health check runs in for as long as it takes, are in containerd's group. */
function engineOf(text: string, units: Groups): [string, Held][] {
  const [docker, containerd] = ENGINE.map((name) => units.get(name));
  const [daemon, shims] = [anonymousOf(text, CONTAINERD), anonymousOf(text, SHIM)];
  const kernelsBytes = sumOf(containerd, "kernel") - sumOf(containerd, "slab_reclaimable");
  const inGroupBytes = sumOf(containerd, "anon", "shmem", "memory.swap.current");
  return [
    ["docker", held(heldOf(docker ?? new Map()).useBytes + daemon + kernelsBytes)],
    ["checks", held(inGroupBytes - daemon - shims)],
  ];
}

/** Where systemd is not PID 1 the engine has no group: its processes are counted, and nothing is said of the rest. */
function besideOf(text: string): [string, Held][] {
  const units = numbersOf(text, "unit");
  if (units.size === 0)
    return [["docker", held(anonymousOf(text, "dockerd", CONTAINERD, "docker-proxy"))]];
  const slices = [...numbersOf(text, "slice")].filter(([name]) => BESIDE.includes(name));
  const others = [...units].filter(([name]) => !ENGINE.includes(name));
  const system = [...slices, ...others].map(([, numbers]) => heldOf(numbers));
  return [["kernel", kernelOf(text)], ["system", sumHeld(system)], ...engineOf(text, units)];
}

function readSample(text: string): Sample {
  const containers = [...numbersOf(text, "container")];
  return new Map([
    ...containers.map(([name, numbers]) => [name, heldOf(numbers)] as const),
    ...besideOf(text),
    ["shims", held(anonymousOf(text, SHIM))],
  ]);
}

/**
 * Reads what `probe.sh` printed.
 * @returns by container name, and by `kernel`, `system`, `docker`, `shims` and `checks` for what runs beside them
 */
export function readSamples(text: string): Sample[] {
  return text
    .split(/^end$/m)
    .filter((each) => each.trim())
    .map(readSample);
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
