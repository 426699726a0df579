import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cgroupParent } from "../../core/cgroup.ts";
import type { Place } from "./arms/arm.ts";

/** Above what services use, below the range that the kernel takes for outgoing connections. */
const FIRST_PORT = 21_000;
const PORTS = 10;

export interface PlaceOptions {
  readonly index: number;
  readonly folder: string;
  readonly programs: string;
  readonly image: string;
}

/** A place with names and ports of its own, so that several runs go side by side. */
export async function makePlace({ index, folder, programs, image }: PlaceOptions): Promise<Place> {
  const name = `bench-overload-${process.pid}-${index}`;
  const own = join(folder, `place-${index}`);
  await mkdir(own, { recursive: true });
  const { stdout: driver } = await execa("docker", ["info", "--format", "{{.CgroupDriver}}"]);
  const owner = { project: "bench", name: "overload" };
  return {
    ...{ name, programs, image, folder: own },
    backendPort: FIRST_PORT + index * PORTS,
    frontPort: FIRST_PORT + index * PORTS + 1,
    cgroupParent: cgroupParent(driver === "systemd" ? "systemd" : "cgroupfs", owner, [
      String(index),
    ]),
  };
}
