import type { MemoryLine } from "../memory-map.ts";
import type { EnvironmentSpec } from "../spec.ts";
import type { Rule } from "./rule.ts";

/** From who dies last to who dies first. */
const ORDER = ["door", "postgres", "redis", "app", "batch"];

function rankOf({ services }: EnvironmentSpec, { who, tier }: MemoryLine): number {
  if (tier !== "service") return ORDER.indexOf(tier);
  const kind = (services[who] ?? services[who.replace(/-\d+$/, "")])?.kind ?? "";
  return ORDER.indexOf(kind);
}

/** The kernel takes slots before the cache, the cache before the database, and the door never before any of them. */
export const oomOrder: Rule = ({ spec, memory }) => {
  const ranked = memory.lines
    .filter(({ tier }) => tier !== "reserve")
    .map((line) => ({ line, rank: rankOf(spec, line) }))
    .sort((a, b) => a.rank - b.rank);
  return ranked.flatMap(({ line, rank }, at) => {
    const before = ranked[at - 1];
    if (!before || before.rank === rank) return [];
    const [score = 0, lower = 0] = [line.oomScoreAdj, before.line.oomScoreAdj];
    if (score > lower) return [];
    return [
      {
        path: `${line.who}.oom_score_adj`,
        rule: `above ${before.line.who}'s of ${lower}`,
        got: String(score),
        fix: "this is a bug of Plimsoll",
      },
    ];
  });
};
