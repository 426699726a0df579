import { type Figure, tell } from "../../core/figure.ts";
import type { Section } from "./section.ts";

/** Figures with what they were computed from. */
export function figuresSection(title: string, figures: readonly Figure[]): Section {
  return {
    title,
    head: ["figure", "value", "because"],
    rows: figures.map((figure) => [figure.id, tell(figure), figure.because]),
    align: "lrl",
  };
}
