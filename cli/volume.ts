import type { Target } from "./target.ts";

/** Whether the target has a volume of that name: to mount one that it lacks would make it. */
export async function hasVolume(target: Target, volume: string): Promise<boolean> {
  const found = await target.docker(["volume", "ls", "--quiet", "--filter", `name=^${volume}$`]);
  return String(found.stdout).trim() === volume;
}
