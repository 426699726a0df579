import type { AskedSpec } from "../spec.ts";
import { wholeMib } from "../units.ts";
import type { Contained } from "./floor.ts";

/** A slot's cold pages, code that ran once, may go to swap; a heap that is in use there stops in each collection. */
const APP_SWAP_SHARE = 0.2;

function containersOf(service: Contained): number {
  return service.kind === "app" ? service.slots : 1;
}

/** The most that a container may swap for which the config does not say it, bytes: an equal part of what is left. */
export function swapPart({ server, services }: AskedSpec): number {
  const contained = Object.values(services).filter((service) => service.kind !== "site");
  const takenBytes = contained.reduce(
    (sum, service) => sum + (service.swapBytes ?? 0) * containersOf(service),
    0,
  );
  const sharing = contained
    .filter(({ kind, swapBytes }) => kind === "app" && swapBytes === undefined)
    .reduce((sum, service) => sum + containersOf(service), 0);
  return sharing === 0 ? 0 : Math.max(0, (server.swapBytes - takenBytes) / sharing);
}

/** Swap of a container beyond its limit, bytes: none for stores, whose pages are in use as long as they are there. */
export function swapOf(service: Contained, limitBytes: number, partBytes: number): number {
  if (service.swapBytes !== undefined) return service.swapBytes;
  if (service.kind !== "app") return 0;
  return wholeMib(Math.min(limitBytes * APP_SWAP_SHARE, partBytes));
}
