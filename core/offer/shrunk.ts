import { allocate, excessBytes } from "../allocation/allocate.ts";
import { floorOf } from "../allocation/floor.ts";
import { withChanges } from "../change.ts";
import { type AskedSpec, servicesOf } from "../spec.ts";

type Services = AskedSpec["services"];

function mapServices(
  spec: AskedSpec,
  change: (service: Services[string], name: string) => object,
): AskedSpec {
  const services = Object.entries(spec.services).map(([name, service]) => [
    name,
    { ...service, ...change(service, name) },
  ]);
  return { ...spec, services: Object.fromEntries(services) };
}

/** Every limit and reservation left to the planner: what is the smallest that can be. */
export function open(spec: AskedSpec): AskedSpec {
  return mapServices(spec, () => ({ limitBytes: undefined, reservationBytes: undefined }));
}

/** No limit above what the planner would give it, no reservation above its limit; whatever is below is kept. */
export function lowered(spec: AskedSpec): AskedSpec {
  const shares = allocate(open(spec)).spec.services;
  return mapServices(spec, (service, name) => {
    const share = shares[name];
    if (service.kind === "site" || !share || share.kind === "site") return {};
    const { limitBytes, reservationBytes } = service;
    const low = limitBytes === undefined ? undefined : Math.min(limitBytes, share.limitBytes);
    const kept = reservationBytes === undefined || reservationBytes <= (low ?? share.limitBytes);
    return { limitBytes: low, reservationBytes: kept ? reservationBytes : undefined };
  });
}

/** Slots taken away one at a time, from the app that has most of them, until the floors fit or each app has one. */
export function fewerSlots(spec: AskedSpec): AskedSpec {
  let fewer = spec;
  while (excessBytes(open(fewer)) > 0) {
    const [most] = servicesOf(fewer.services, "app").sort(([, a], [, b]) => b.slots - a.slots);
    if (!most || most[1].slots === 1) return fewer;
    const [name, { slots }] = most;
    fewer = withChanges(fewer, [{ path: ["services", name, "slots"], to: slots - 1 }]);
  }
  return fewer;
}

interface Droppable {
  readonly name: string;
  readonly app: boolean;
  readonly floorBytes: number;
}

/** Stores first, the smallest first; never the last app, for which the others are there. */
function droppable(asked: AskedSpec): Droppable[] {
  const all = Object.entries(asked.services).flatMap(([name, service]) =>
    service.kind === "site"
      ? []
      : [{ name, app: service.kind === "app", floorBytes: floorOf(service, asked) }],
  );
  const apps = all.filter(({ app }) => app).length;
  if (all.length < 2) return [];
  return all
    .filter(({ app }) => !app || apps > 1)
    .sort((a, b) => Number(a.app) - Number(b.app) || a.floorBytes - b.floorBytes);
}

/** The first service whose loss is enough; else the largest store, then the largest app. */
function dropped(spec: AskedSpec, tooMuchBytes: number): string | undefined {
  const all = droppable(spec);
  const enough = all.find(({ floorBytes }) => floorBytes >= tooMuchBytes);
  return (enough ?? all.findLast(({ app }) => !app) ?? all.at(-1))?.name;
}

/** Services taken out until those that are left fit with a slot each; undefined where not even one app does. */
export function fewerServices(spec: AskedSpec): AskedSpec | undefined {
  let fewer = spec;
  for (;;) {
    const single = mapServices(open(fewer), (service) =>
      service.kind === "app" ? { slots: 1 } : {},
    );
    const tooMuchBytes = excessBytes(single);
    if (tooMuchBytes <= 0) return fewer;
    const name = dropped(single, tooMuchBytes);
    if (name === undefined) return undefined;
    fewer = withChanges(fewer, [{ path: ["services", name], to: undefined }]);
  }
}
