import type { Metric, Sample } from "./prometheus.ts";

export function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, type: "gauge", help, samples };
}

/** One sample without labels; none where the value is unknown: a 0 would be a lie that alerts believe. */
export function gaugeOf(name: string, help: string, value: number | undefined): Metric {
  return gauge(name, help, known(undefined, value));
}

export function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, type: "counter", help, samples };
}

/** @param counts by the value of the label. */
export function countsOf(label: string, counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).map(([key, value]) => ({ labels: { [label]: key }, value }));
}

export function known(labels: Sample["labels"], value: number | undefined): Sample[] {
  return value === undefined ? [] : [{ ...(labels && { labels }), value }];
}

/** A sample for each of the states, 1 for the one that holds. */
export function oneHot(
  labels: Readonly<Record<string, string>>,
  state: string,
  states: readonly string[],
): Sample[] {
  return states.map((each) => ({
    labels: { ...labels, state: each },
    value: Number(each === state),
  }));
}
