import { type Figure, Figures, type Reason, why } from "./figure.ts";
import type { Leaves } from "./leaves.ts";
import type { MemoryLine, MemoryMap } from "./memory-map.ts";

const CONTAINER = { writtenIn: "container" } as const;

/** What the figures of the lines are computed from. */
interface Inputs {
  readonly config: Leaves;
  readonly level: Figure<number>;
  /** Ids of the numbers of slots. */
  readonly slots: readonly string[];
}

/** The operator's own figure of a service, such as its limit. */
function own({ service }: MemoryLine, key: string, config: Leaves): Figure<number> | undefined {
  return service === undefined ? undefined : config.find(`services.${service}.${key}`);
}

/** Lines that follow from the server's size; the engine is the same everywhere, the others follow from the slots. */
const BY_SIZE: ReadonlySet<string> = new Set(["kernel", "system", "batch"]);

function overheadReason({ who, from }: MemoryLine, { slots }: Inputs): Reason {
  if (who === "docker") return { because: from, inputs: [] };
  return { because: from, inputs: BY_SIZE.has(who) ? ["server.memory"] : slots };
}

function limitReason(line: MemoryLine, inputs: Inputs): Reason {
  if (line.service === undefined) return overheadReason(line, inputs);
  const fixed = own(line, "limit", inputs.config);
  return fixed ? why`${fixed}` : why`its share at ${inputs.level}`;
}

function lineFigures(line: MemoryLine, inputs: Inputs): Figure<number>[] {
  const { who, container, limitBytes, reservationBytes, swapBytes } = line;
  const { config } = inputs;
  const figures = new Figures(who, { source: "memory map", ...(container && CONTAINER) });
  const limit = figures.bytes("limit", limitBytes, limitReason(line, inputs));
  const [reservation, swap] = [own(line, "reservation", config), own(line, "swap", config)];
  return [
    limit,
    figures.bytes(
      "reservation",
      reservationBytes,
      reservation ? why`${reservation}` : why`protected share of ${limit}`,
    ),
    figures.bytes(
      "swap",
      swapBytes,
      swap ? why`${swap}` : why`beyond ${limit}: cold pages of a slot, nothing of a store`,
    ),
  ];
}

/** The level, then `chat-1.limit`, `.reservation` and `.swap` of every line of the map, by id. */
export function memoryFigures(
  { lines }: MemoryMap,
  config: Leaves,
  level: number,
): Map<string, Figure<number>> {
  const figures = new Figures("memory", { source: "memory map" });
  const highest = figures.count(
    "level",
    Number(level.toFixed(3)),
    why`the highest at which all fits ${config.number("server.memory")}; docs/budget.md says what each level gives`,
  );
  const slots = [...config.figures.keys()].filter((id) => /^services\.[^.]+\.slots$/.test(id));
  const inputs = { config, level: highest, slots };
  const all = [highest, ...lines.flatMap((line) => lineFigures(line, inputs))];
  return new Map(all.map((figure) => [figure.id, figure]));
}
