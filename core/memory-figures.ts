import { type Figure, Figures, type Reason } from "./figure.ts";
import type { MemoryLine, MemoryMap } from "./memory-map.ts";

const said = (because: string): Reason => ({ because, inputs: [] });

function lineFigures({ who, from, ...line }: MemoryLine): Figure<number>[] {
  const figures = new Figures(who, { source: "memory map", ...(line.container && CONTAINER) });
  return [
    figures.bytes("limit", line.limitBytes, said(from)),
    figures.bytes("reservation", line.reservationBytes, said(`protected share of ${who}.limit`)),
    figures.bytes("swap", line.swapBytes, said("swap beyond the limit")),
  ];
}

const CONTAINER = { writtenIn: "container" } as const;

/** `chat-1.limit`, `.reservation` and `.swap` of every line of the map, by id. */
export function memoryFigures({ lines }: MemoryMap): Map<string, Figure<number>> {
  return new Map(lines.flatMap(lineFigures).map((figure) => [figure.id, figure]));
}
