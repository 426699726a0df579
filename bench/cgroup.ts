import { execa } from "execa";
import { cgroupParent } from "../core/cgroup.ts";

/** The cgroup parent of a bench's containers, below one of all benches: `/bench/hop`. */
export async function benchCgroup(...path: readonly [string, ...string[]]): Promise<string> {
  const { stdout } = await execa("docker", ["info", "--format", "{{.CgroupDriver}}"]);
  const [name, ...rest] = path;
  const driver = stdout === "systemd" ? "systemd" : "cgroupfs";
  return cgroupParent(driver, { project: "bench", name }, rest);
}
