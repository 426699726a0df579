import type { Environment } from "../../config/environment.ts";
import { type Figure, tell } from "../../core/figure.ts";
import { HEADROOM_SHARE } from "../../core/invariants/sum.ts";
import type { Plan } from "../../core/plan.ts";
import { toMib } from "../../core/units.ts";
import { factsOf } from "./facts.ts";
import { figuresSection } from "./figures-section.ts";
import type { MapCaption } from "./map-layout.ts";
import { rowsOf } from "./map-row.ts";
import type { Section } from "./section.ts";
import { trafficSection } from "./traffic-section.ts";
import { whatIfSection } from "./what-if-section.ts";

const mib = (bytes: number) => (bytes === 0 ? "-" : String(toMib(bytes)));

/** What is said beside the map, wherever it is drawn. */
export function captionOf({ name, server }: Environment, plan: Plan): MapCaption {
  const cpus = server.cpus === 1 ? "1 cpu" : `${server.cpus} cpus`;
  return {
    title: `${name}: ${toMib(server.memory)} MiB, ${cpus}`,
    facts: factsOf(plan),
    headroomShare: HEADROOM_SHARE,
  };
}

function memorySection({ memory }: Plan): Section {
  const from = [...memory.lines.map((line) => line.from), "page cache: what is left"];
  return {
    title: "Memory, MiB",
    head: ["who", "limit", "reserved", "swap", "computed from"],
    rows: rowsOf(memory).map((row, at) => [
      row.who,
      mib(row.limitBytes),
      mib(row.reservationBytes),
      mib(row.swapBytes),
      from[at] ?? "",
    ]),
    align: "lrrrl",
  };
}

/** Each kind of load with what every layer carries of it; the smallest binds. */
function capacitySection({ capacity }: Plan): Section {
  const kinds = capacity
    ? ([
        ["requests at once", capacity.requests],
        ["streams at once", capacity.streams],
        ["requests/s", capacity.requestsPerSecond],
      ] as const)
    : [];
  return {
    title: "Capacity",
    head: ["what", "carries", "bound by", "the layers"],
    rows: kinds.map(([kind, { value, binding, layers }]) => [
      kind,
      tell(value),
      binding,
      layers.map(({ name, figure }) => `${name} ${tell(figure)}`).join(", "),
    ]),
    align: "lrll",
  };
}

function timeoutsSection({ figures }: Plan): Section {
  const chain = [...figures.values()].filter(({ id }) => id.startsWith("timeouts."));
  return figuresSection("Timeouts, a chain", chain);
}

/** The parts of the budget below its map. */
export function sectionsOf(plan: Plan): Section[] {
  return [
    memorySection(plan),
    capacitySection(plan),
    whatIfSection(plan),
    trafficSection(plan),
    timeoutsSection(plan),
  ].filter(({ rows }) => rows.length > 0);
}

const ownerOf = ({ id }: Figure) => id.slice(0, id.lastIndexOf("."));

/** Every figure of the plan, a section for each owner. */
export function figureSections({ figures }: Plan): Section[] {
  const all = [...figures.values()];
  return [...new Set(all.map(ownerOf))].map((owner) =>
    figuresSection(
      owner,
      all.filter((figure) => ownerOf(figure) === owner),
    ),
  );
}
