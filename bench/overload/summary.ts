import { oracleOf, ratio, table } from "./report.ts";
import type { Results } from "./results.ts";
import type { Score } from "./score.ts";

/** Targets of the guard; a line of the document for each that is missed. */
const TARGETS = {
  deaths: 0,
  oracleShareWithHints: 0.9,
  oracleShareLearned: 0.8,
  staticShare: 0.95,
  lightShare: 0.999,
  lightP99Ratio: 1.5,
  rejectP99Ms: 5,
  recoveryMs: 10_000,
} as const;

const GUARDS = ["guard", "guard-hints"];

/** The document: what ran, what came out, and every target that was missed. */
export function summary({ about, scores }: Results): string {
  const missed = scores
    .filter(({ arm }) => GUARDS.includes(arm))
    .flatMap((score) =>
      misses(score, scores).map((miss) => `- ${score.profile}, ${score.arm}: ${miss}`),
    );
  return [
    "# Overload",
    "Made by `bench/overload/main.ts --write`; see bench/README.md for what is measured and how to read it.",
    `\`\`\`\n${about.join("\n")}\n\n${table(scores)}\n\`\`\``,
    "## Targets missed",
    missed.length > 0 ? missed.join("\n") : "None.",
    "",
  ].join("\n\n");
}

function misses(score: Score, scores: readonly Score[]): string[] {
  const share = { hints: TARGETS.oracleShareWithHints, learned: TARGETS.oracleShareLearned };
  const target = score.arm === "guard-hints" ? share.hints : share.learned;
  const oracle = oracleOf(score, scores);
  const reached = oracle ? ratio(score, oracle) : Number.NaN;
  const overStatic = staticShare(score, scores);
  const lightRatio = score.lightP99Ms / score.lightUnloadedP99Ms;
  const found: [boolean, string][] = [
    [score.deaths > TARGETS.deaths, `${score.deaths} deaths, target 0`],
    [reached < target, `${percent(reached)} of the oracle, target ${percent(target)}`],
    [
      overStatic < TARGETS.staticShare,
      `${percent(overStatic)} of the best static limit, target 95 %`,
    ],
    [score.lightShare < TARGETS.lightShare, `light ${percent(score.lightShare)}, target 99.9 %`],
    [
      lightRatio > TARGETS.lightP99Ratio,
      `light p99 ${lightRatio.toFixed(2)} x unloaded, target 1.5`,
    ],
    [
      score.rejectP99Ms > TARGETS.rejectP99Ms,
      `refused after ${score.rejectP99Ms.toFixed(1)} ms p99, target 5 ms`,
    ],
    [score.recoveryMs > TARGETS.recoveryMs, `recovery ${score.recoveryMs} ms, target 10 s`],
  ];
  return found.filter(([isMissed]) => isMissed).map(([, text]) => text);
}

/** Of the static arm that carried most of the same arrivals without a death. */
function staticShare(score: Score, scores: readonly Score[]): number {
  const profile = oracleOf(score, scores)?.profile ?? score.profile;
  const statics = scores.filter(
    (each) => each.profile === profile && /^(nginx|haproxy)-/.test(each.arm),
  );
  return Math.min(
    ...statics.filter(({ deaths }) => deaths === 0).map((each) => ratio(score, each)),
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
