import type { Owner } from "./names.ts";

export type CgroupDriver = "systemd" | "cgroupfs";

/** The door keeps the way in open, the service tier works, the batch tier waits. */
export type Tier = "door" | "service" | "app" | "batch";

/**
 * The cgroup parent of a container. With the systemd driver a slice, whose dashes are its nesting; with
 * cgroupfs a path. A slice per slot gives the guard a path that stays when the container is replaced.
 */
export function cgroupParent(driver: CgroupDriver, owner: Owner, path: readonly string[]): string {
  const parts = [owner.project, owner.name, ...path];
  if (driver === "cgroupfs") return `/${parts.join("/")}`;
  return `${parts.map((part) => part.replaceAll("-", "_")).join("-")}.slice`;
}

const SLICE = ".slice";

/** Where a cgroup parent is below the root of the cgroup file system: each dash of a slice's name is a level. */
export function cgroupPath(parent: string): string {
  if (!parent.endsWith(SLICE)) return parent.replace(/^\//, "");
  const parts = parent.slice(0, -SLICE.length).split("-");
  return parts.map((_, index) => `${parts.slice(0, index + 1).join("-")}${SLICE}`).join("/");
}
