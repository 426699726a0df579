import type { SlicedTier } from "../core/allocation/slices.ts";
import { cgroupParent, cgroupPath } from "../core/cgroup.ts";
import type { MemoryLine } from "../core/memory-map.ts";
import type { Plan } from "../core/plan.ts";
import { servicesOf } from "../core/spec.ts";
import { type NamedSetting, named } from "./host-setting.ts";

/** A unit file of systemd's for one level of the tree that containers are in. */
export interface HostSlice {
  /** `plimsoll-staging-service-postgres.slice`. */
  readonly name: string;
  readonly what: string;
  /** Below /sys/fs/cgroup. */
  readonly path: string;
  readonly settings: readonly NamedSetting[];
}

const TIERS: readonly SlicedTier[] = ["door", "service", "batch"];
const WHAT: Readonly<Record<SlicedTier, string>> = {
  door: "the door, nginx and the guard",
  service: "stores and app slots",
  batch: "backups and drills, one at a time",
};
/** Of 100 by default: the door answers while the services work, and a job takes what is left. */
const WEIGHTS: Readonly<Record<SlicedTier, number>> = { door: 400, service: 200, batch: 20 };
/** Threads and processes of one container, its health checks' included: a fork bomb ends in its own slice. */
const TASKS = 256;

interface Leaf {
  readonly line: MemoryLine;
  /** Below the environment: tier, service, slot. */
  readonly path: readonly string[];
}

function leavesOf({ memory, slots }: Plan): Leaf[] {
  return memory.lines.flatMap((line): Leaf[] => {
    if (!line.container) return [];
    const slot = slots.find(({ container }) => container === line.container);
    const inTier = slot ? [slot.service, String(slot.index)] : [line.who];
    return [{ line, path: [line.tier, ...inTier] }];
  });
}

/** systemd takes bytes, and nothing less than a page. */
function protection(leaves: readonly Leaf[]): Record<string, number> {
  const sum = (some: readonly Leaf[]) =>
    some.reduce((total, { line }) => total + line.reservationBytes, 0);
  const lowBytes = sum(leaves);
  const minBytes = sum(leaves.filter(({ line }) => line.tier === "door"));
  return { MemoryMin: minBytes, MemoryLow: lowBytes };
}

function tierSettings(plan: Plan, tier: SlicedTier): Record<string, number> {
  const { lowBytes, highBytes, maxBytes } = plan.slices[tier];
  const lines = plan.memory.lines.filter((line) => line.tier === tier);
  return {
    MemoryMin: tier === "door" ? lowBytes : 0,
    MemoryLow: lowBytes,
    MemoryHigh: highBytes,
    MemoryMax: maxBytes,
    MemorySwapMax: lines.reduce((total, line) => total + line.swapBytes, 0),
    CPUWeight: WEIGHTS[tier],
    IOWeight: WEIGHTS[tier],
    TasksMax: TASKS * Math.max(1, lines.length),
  };
}

function ownSettings(plan: Plan, path: readonly string[], inside: readonly Leaf[]) {
  const [tier] = path;
  if (tier === undefined) {
    const maxima = Object.values(plan.slices).reduce((sum, { maxBytes }) => sum + maxBytes, 0);
    return { ...protection(inside), MemoryMax: maxima };
  }
  if (path.length === 1) return tierSettings(plan, tier as SlicedTier);
  return { ...protection(inside), TasksMax: TASKS * inside.length };
}

function isBelow(path: readonly string[], above: readonly string[]): boolean {
  return above.every((part, at) => path[at] === part);
}

function whatOf(path: readonly string[], environment: string): string {
  const [tier, ...inTier] = path;
  if (tier === undefined) return `environment ${environment}`;
  return inTier.length === 0 ? WHAT[tier as SlicedTier] : inTier.join(" ");
}

/** Each level above a container, outermost first: its memory is protected only where all of them protect it. */
export function hostSlices(plan: Plan): HostSlice[] {
  const { project, name } = plan.spec;
  const leaves = leavesOf(plan);
  const apps = servicesOf(plan.spec.services, "app").map(([app]) => ["service", app]);
  const paths = [[], ...TIERS.map((tier) => [tier]), ...apps, ...leaves.map(({ path }) => path)];
  const slices = paths.map((path) => {
    const unit = cgroupParent("systemd", plan.spec, path);
    const inside = leaves.filter((leaf) => isBelow(leaf.path, path));
    const settings = named(ownSettings(plan, path, inside));
    return { name: unit, what: whatOf(path, name), path: cgroupPath(unit), settings };
  });
  const root = cgroupPath(slices[0]?.path ?? "").split("/")[0] ?? "";
  const whole = { name: root, what: `project ${project}`, path: root };
  return [{ ...whole, settings: named(protection(leaves)) }, ...slices];
}
