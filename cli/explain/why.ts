import { distance } from "fastest-levenshtein";
import { type Figure, tell } from "../../core/figure.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { figuresSection } from "./figures-section.ts";
import { sectionText } from "./section.ts";
import { COLUMNS, wrapped } from "./wrap.ts";

type Figures = ReadonlyMap<string, Figure>;

const OFFERED = 3;
const INDENT = "   ";

/** `work_mem` alone is nearer to every service's `work_mem` than to any other spelling. */
function nearest(figures: Figures, wanted: string): string[] {
  const far = (id: string) => (id.endsWith(`.${wanted}`) ? 0 : distance(id, wanted));
  return [...figures.keys()].sort((a, b) => far(a) - far(b)).slice(0, OFFERED);
}

/** What is said of one owner: `postgres`, `services.chat`, or every slot of `chat`. */
function ownFigures(figures: Figures, owner: string): Figure[] {
  return [...figures.values()].filter(({ id }) => {
    if (!id.startsWith(owner)) return false;
    return /^(-\d+)?\./.test(id.slice(owner.length));
  });
}

function reason({ because, source }: Figure, indent: string): string[] {
  const text = source === "config" ? because : `${because} (${source})`;
  return wrapped(text, COLUMNS - indent.length).map((line) => indent + line);
}

/** The figure, why it is what it is, and below it each figure that it was computed from. */
function tree(figures: Figures, id: string, shown: Set<string>): string[] {
  const figure = figures.get(id);
  if (!figure) throw new Error(`no figure ${id}, though another was computed from it`);
  const head = `${id} = ${tell(figure)}`;
  if (shown.has(id)) return [`${head} (above)`];
  shown.add(id);
  const children = figure.inputs.flatMap((input) => {
    const [first = "", ...rest] = tree(figures, input, shown);
    return [`${INDENT}└─ ${first}`, ...rest.map((line) => INDENT + INDENT + line)];
  });
  return [head, ...reason(figure, INDENT), ...children];
}

function unknown(figures: Figures, wanted: string): OperatorError {
  const ids = nearest(figures, wanted).join(", ");
  return new OperatorError(
    `--why: must be the id of a figure, got ${wanted}; the nearest are ${ids}`,
  );
}

/**
 * Where a figure comes from, down to the config; of a service, all that is known of it.
 * @throws OperatorError with the nearest ids when there is no such figure
 */
export function why(figures: Figures, wanted: string): string {
  if (figures.has(wanted)) return tree(figures, wanted, new Set()).join("\n");
  const own = ownFigures(figures, wanted);
  if (own.length === 0) throw unknown(figures, wanted);
  return sectionText(figuresSection(wanted, own));
}

/** The same for programs: the figure and all that it was computed from, or all of a service. */
export function whyFigures(figures: Figures, wanted: string): Figure[] {
  const asked = figures.get(wanted);
  const own = asked ? [asked] : ownFigures(figures, wanted);
  if (own.length === 0) throw unknown(figures, wanted);
  // A set grows while it is walked: each figure once, after what it explains.
  const chain = new Set(own);
  for (const { inputs } of chain) for (const id of inputs) chain.add(figures.get(id) as Figure);
  return [...chain];
}
