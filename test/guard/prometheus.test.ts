import assert from "node:assert/strict";
import test from "node:test";
import { formatMetrics } from "../../guard/prometheus.ts";

test("help and type come before the samples; label values are escaped", () => {
  const text = formatMetrics([
    {
      name: "a_total",
      type: "counter",
      help: "How many.",
      samples: [{ value: 3 }, { labels: { x: 'q"\\\n', y: "z" }, value: 0.5 }],
    },
    { name: "b", type: "gauge", help: "None now.", samples: [] },
  ]);
  assert.equal(
    text,
    '# HELP a_total How many.\n# TYPE a_total counter\na_total 3\na_total{x="q\\"\\\\\\n",y="z"} 0.5\n# HELP b None now.\n# TYPE b gauge\n',
  );
});
