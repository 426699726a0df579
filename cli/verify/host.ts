import { type Environment, planOf } from "../../config/environment.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { hostBundle } from "../../stacks/host-bundle.ts";
import type { HostFact } from "../../templates/host.ts";
import { readHost } from "../host.ts";
import type { Target } from "../target.ts";
import type { Reading } from "./reading.ts";
import { socketReading } from "./sockets.ts";

const SUBJECT = "server";
const SYSCTLS = "/proc/sys/";
const CGROUPS = "/sys/fs/cgroup/";

type Place = Pick<Reading, "setting" | "where">;

/** `vm.swappiness`, or slice and file of a cgroup, or the kernel's own file. */
function kernelPlace(place: string): Place {
  if (place.startsWith(SYSCTLS))
    return { setting: place.slice(SYSCTLS.length).replaceAll("/", "."), where: "/proc/sys" };
  if (place.startsWith(CGROUPS)) {
    const [slice, file] = place.split("/").slice(-2);
    return { setting: `${slice} ${file}`, where: "/sys/fs/cgroup" };
  }
  return { setting: place, where: "/sys" };
}

/** By the kind of a fact: how its place is called, and who was asked. */
const PLACES: Readonly<Record<string, (place: string) => Place>> = {
  kernel: kernelPlace,
  file: (place) => ({ setting: place, where: "mode and sha256" }),
  unit: (place) => ({ setting: place.replace(":", " "), where: "systemctl show" }),
  process: (place) => ({ setting: `${place} oom_score_adj`, where: "/proc" }),
  docker: (place) => ({ setting: `docker ${place}`, where: "docker info" }),
  sshd: (place) => ({ setting: `sshd ${place}`, where: "sshd -T" }),
  swap: () => ({ setting: "swap MiB", where: "/proc/swaps" }),
  firewall: (place) => ({ setting: `firewall ${place}`, where: "nft list" }),
  time: () => ({ setting: "time synchronisation", where: "systemctl show" }),
  user: (place) => ({ setting: `group of ${place}`, where: "id" }),
};

/** The bundle's word for what the server's kernel was built without. */
const ABSENT = "absent";

/** @param text lines of kind, place and value, as the bundle prints them */
export function compared(facts: readonly HostFact[], text: string): Reading[] {
  const live = new Map(
    text.split("\n").map((line) => {
      const [kind, place, value = ""] = line.split("\t");
      return [`${kind}\t${place}`, value];
    }),
  );
  return facts.map(({ kind, place, declared }) => {
    const told = PLACES[kind]?.(place);
    if (!told) throw new Error(`no reading for the kind ${kind}`);
    const found = live.get(`${kind}\t${place}`);
    const reading = { subject: SUBJECT, ...told, live: found };
    if (found === ABSENT) return { ...reading, declared: ABSENT, where: "not in this kernel" };
    return { ...reading, declared };
  });
}

/** Every setting of the server itself, as it is in force there. */
export async function hostReadings(environment: Environment, target: Target): Promise<Reading[]> {
  const bundle = hostBundle(environment, planOf(environment));
  if (!bundle) {
    throw new OperatorError(
      `environments.${environment.name}.host: must say what the server is, got nothing to verify; write host: {} and an ssh target`,
    );
  }
  const [text, sockets] = await Promise.all([
    readHost(target, bundle),
    socketReading(environment, target),
  ]);
  return [...compared(bundle.facts, text), sockets];
}
