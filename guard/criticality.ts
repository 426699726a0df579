/** How much a request matters, the most first. The order is the order of service. */
export const CRITICALITIES = ["critical", "high", "normal", "background"] as const;
export type Criticality = (typeof CRITICALITIES)[number];

/** 0 for the most critical. */
export function rankOf(criticality: Criticality): number {
  return CRITICALITIES.indexOf(criticality);
}

export function parseCriticality(text: string | undefined): Criticality | undefined {
  return CRITICALITIES.find((each) => each === text);
}
