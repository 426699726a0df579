import { allocate, excessBytes } from "../allocation/allocate.ts";
import { type Contained, floorOf } from "../allocation/floor.ts";
import { withChanges } from "../change.ts";
import type { AskedSpec } from "../spec.ts";

interface Candidate {
  readonly spec: AskedSpec;
  /** What the services get less, in bytes. */
  readonly takenBytes: number;
}

/** The limit of one service lowered to the planner's share, so that those which are left open keep theirs. */
function lowerLimit(spec: AskedSpec, name: string, service: Contained): Candidate[] {
  if (service.limitBytes === undefined) return [];
  const path = ["services", name, "limitBytes"];
  const left = withChanges(spec, [{ path, to: undefined }]);
  if (excessBytes(left) > 0) return [];
  const share = allocate(left).spec.services[name];
  if (!share || share.kind === "site") return [];
  const count = service.kind === "app" ? service.slots : 1;
  return [
    {
      spec: withChanges(spec, [{ path, to: share.limitBytes }]),
      takenBytes: (service.limitBytes - share.limitBytes) * count,
    },
  ];
}

/** As many slots of one app as fit. */
function fewerSlots(spec: AskedSpec, name: string, service: Contained): Candidate[] {
  if (service.kind !== "app") return [];
  const slotBytes = service.limitBytes ?? floorOf(service, spec);
  const fewer = Array.from({ length: service.slots - 1 }, (_, at) => service.slots - 1 - at);
  const specs = fewer.map((to) => withChanges(spec, [{ path: ["services", name, "slots"], to }]));
  const at = specs.findIndex((one) => excessBytes(one) <= 0);
  const found = specs[at];
  return found ? [{ spec: found, takenBytes: (at + 1) * slotBytes }] : [];
}

/** Everything that fits with one key changed; what takes the least memory comes first. */
export function oneKeyChanged(spec: AskedSpec): AskedSpec[] {
  return Object.entries(spec.services)
    .flatMap(([name, service]) =>
      service.kind === "site"
        ? []
        : [...lowerLimit(spec, name, service), ...fewerSlots(spec, name, service)],
    )
    .sort((a, b) => a.takenBytes - b.takenBytes)
    .map((candidate) => candidate.spec);
}
