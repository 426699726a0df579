import { tell } from "../../core/figure.ts";
import type { Plan } from "../../core/plan.ts";
import { type Scenario, scenariosOf } from "../../core/scenarios.ts";
import type { Section } from "./section.ts";

function answer({ fits, servers, atLeast }: Scenario): string {
  if (fits && !atLeast) return "fits";
  return `${atLeast ? "at least " : ""}${servers} servers of this size`;
}

/** Which traffic fits this server, and how many of it another one takes. */
export function trafficSection({ capacity }: Plan): Section {
  const { serviceTime, cpuTime, databaseTime } = capacity?.assumed ?? {};
  const takes = (figure: typeof serviceTime) => (figure ? tell(figure) : "-");
  return {
    title: "Traffic",
    note: `A request is taken to last ${takes(serviceTime)}, with ${takes(cpuTime)} of cpu and ${takes(databaseTime)} in the database: set serviceTime, cpuTime and databaseTime of the app to what you measure.`,
    head: ["what comes", "answer", "bound by"],
    rows: capacity
      ? scenariosOf(capacity).map((each) => [each.name, answer(each), each.binding])
      : [],
    align: "lll",
  };
}
