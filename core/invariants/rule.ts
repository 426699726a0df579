import type { Plan } from "../plan.ts";
import type { Problem } from "../problem.ts";

/** What must hold of every plan, written apart from the calculation that it checks. */
export type Rule = (plan: Plan) => Problem[];
