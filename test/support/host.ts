import { planOf } from "../../config/environment.ts";
import { type HostBundle, hostBundle } from "../../stacks/host-bundle.ts";
import { localWith } from "./environments.ts";

type Patch = Parameters<typeof localWith>[0];

/** The bundle of a server behind ssh, from the shipped config. */
export function bundleWith(host: Patch["host"] = {}, patch: Patch = {}): HostBundle {
  const environment = localWith({
    ...{ target: "ssh://root@203.0.113.10", port: 80 },
    ...patch,
    host,
  });
  const bundle = hostBundle(environment, planOf(environment));
  if (!bundle) throw new Error("no bundle came out of the config");
  return bundle;
}
