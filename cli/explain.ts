import type { Environment } from "../config/environment.ts";
import type { Plan } from "../core/plan.ts";
import { captionOf, figureSections, sectionsOf } from "./explain/budget.ts";
import { mapChart } from "./explain/map-chart.ts";
import { mapSvg } from "./explain/map-svg.ts";
import { sectionMarkdown, sectionText } from "./explain/section.ts";
import type { Generated } from "./generated.ts";
import { plainTable } from "./table.ts";

const HINT =
  "./plimsoll explain --why postgres says where its numbers come from, --why postgres.limit where that one does";

/** The map as bars, and what is to be known first. */
export function budgetMap(environment: Environment, plan: Plan, color: boolean): string {
  const { title, facts, headroomShare } = captionOf(environment, plan);
  return [title, "", plainTable(facts), "", mapChart(plan.memory, { headroomShare, color })].join(
    "\n",
  );
}

/** The budget of an environment for people, in 80 columns. */
export function explain(environment: Environment, plan: Plan, color: boolean): string {
  const parts = [budgetMap(environment, plan, color), ...sectionsOf(plan).map(sectionText), HINT];
  return parts.join("\n\n");
}

/** The same for programs; keys are added, never renamed. */
export function explainJson({ project, name, target }: Environment, plan: Plan) {
  const { asked: _, spec: __, figures, ...layers } = plan;
  return { project, environment: name, target, ...layers, figures: [...figures.values()] };
}

export function explainSvg(environment: Environment, plan: Plan): string {
  return mapSvg(plan.memory, captionOf(environment, plan));
}

function document(environment: Environment, plan: Plan): string {
  const { title, facts } = captionOf(environment, plan);
  return `${[
    `# ${title}`,
    "Made by `./plimsoll explain --write`, for reviews: a change of the config shows here as what it does.",
    `![Memory map of ${environment.name}](${environment.name}.svg)`,
    facts.map(([name, text]) => `- **${name}**: ${text}`).join("\n"),
    ...sectionsOf(plan).map(sectionMarkdown),
    "# Every figure",
    ...figureSections(plan).map(sectionMarkdown),
  ].join("\n\n")}\n`;
}

/** What `--write` keeps of an environment. */
export function budgetFiles(environment: Environment, plan: Plan): Generated[] {
  const path = `docs/budget/${environment.name}`;
  return [
    { path: `${path}.md`, text: document(environment, plan) },
    { path: `${path}.svg`, text: explainSvg(environment, plan) },
  ];
}
