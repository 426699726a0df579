import { tell } from "../../core/figure.ts";
import { HEADROOM_SHARE } from "../../core/invariants/sum.ts";
import type { MemoryLine } from "../../core/memory-map.ts";
import type { Plan } from "../../core/plan.ts";
import { toMib } from "../../core/units.ts";

/** What one wants to know first, and at three in the morning. */
export type Fact = readonly [name: string, text: string];

/** So many names of one rank are told; of more, the first and how many others. */
const NAMES = 3;

function anyOf(names: readonly string[]): string {
  if (names.length <= NAMES) return names.join(" or ");
  return `${names[0]} or ${names.length - 1} others`;
}

/** Who the kernel ends one after the other when the server itself runs out of memory. */
function dies({ memory }: Plan): Fact {
  const killable = memory.lines.filter(
    (line): line is MemoryLine & { readonly oomScoreAdj: number } =>
      line.oomScoreAdj !== undefined && line.tier !== "door",
  );
  const scores = [...new Set(killable.map(({ oomScoreAdj }) => oomScoreAdj))].sort((a, b) => b - a);
  const ranks = scores.map((score) =>
    anyOf(killable.filter(({ oomScoreAdj }) => oomScoreAdj === score).map(({ who }) => who)),
  );
  return ["dies first", ranks.join(", then ")];
}

function left({ memory }: Plan): Fact {
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const share = percent(memory.headroomBytes / memory.serverBytes);
  const text = `${toMib(memory.headroomBytes)} MiB for the page cache, ${share}`;
  return ["left", `${text}; at least ${percent(HEADROOM_SHARE)} are needed`];
}

/** The layer of which more would let more requests in. */
function binds({ capacity }: Plan): Fact[] {
  if (!capacity) return [];
  const { value, binding } = capacity.requests;
  return [["binds", `${binding}: ${tell(value)} requests at once`]];
}

/** What dies first, what is left, what binds: a line each. */
export function factsOf(plan: Plan): Fact[] {
  return [dies(plan), left(plan), ...binds(plan)];
}
