import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { freePorts } from "../../test/support/free-ports.ts";
import { benchCgroup } from "../cgroup.ts";
import type { Place } from "./arms/arm.ts";
import { NAME } from "./ending.ts";

export interface PlaceOptions {
  readonly index: number;
  readonly folder: string;
  readonly programs: string;
  readonly image: string;
}

/** A place with names and ports of its own, so that several runs go side by side. */
export async function makePlace({ index, folder, programs, image }: PlaceOptions): Promise<Place> {
  const name = `${NAME}-${index}`;
  const own = join(folder, `place-${index}`);
  await mkdir(own, { recursive: true });
  const [backendPort = 0, frontPort = 0, adminPort = 0] = await freePorts(3);
  return {
    ...{ name, programs, image, folder: own },
    ...{ backendPort, frontPort, adminPort },
    cgroupParent: await benchCgroup("overload", `${process.pid}-${index}`),
  };
}
