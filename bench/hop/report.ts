import { plainTable } from "../../cli/table.ts";
import { MIB } from "../../core/units.ts";
import { machine } from "../overload/report.ts";
import type { Latency } from "./latency.ts";
import type { Memory } from "./memory.ts";
import type { Throughput } from "./throughput.ts";

export interface Figures {
  readonly name: string;
  readonly throughput: Throughput;
  readonly latency: Latency;
  /** Undefined without a proxy. */
  readonly memory?: Memory;
}

const HEAD = [
  ...["way", "requests/s", "errors", "CPU us/request", "added p50 us", "added p99 us"],
  ...["idle MiB", "80+40 MiB", "1000 streams MiB"],
];

/** One line for each way, and the guard's throughput as a share of the others'. */
export function report(figures: readonly Figures[]): string {
  const [direct] = figures;
  const lines = plainTable(
    figures.map((each) => row(each, direct as Figures)),
    { head: HEAD },
  );
  const guard = figures.find(({ name }) => name === "guard");
  const shares = figures
    .filter(({ name }) => !["direct", "guard"].includes(name))
    .map(({ name, throughput }) => {
      const share = (guard?.throughput.requestsPerS ?? Number.NaN) / throughput.requestsPerS;
      return `guard / ${name}: ${share.toFixed(2)} of the requests`;
    });
  return [machine(), lines, ...shares].join("\n");
}

function row({ name, throughput, latency, memory }: Figures, direct: Figures): string[] {
  const mib = (bytes = Number.NaN) => fixed(bytes / MIB, 1);
  return [
    ...[name, fixed(throughput.requestsPerS, 0), String(throughput.errors)],
    fixed(throughput.cpuUsPerRequest, 1),
    fixed(latency.p50Us - direct.latency.p50Us, 0),
    fixed(latency.p99Us - direct.latency.p99Us, 0),
    ...[mib(memory?.idleBytes), mib(memory?.busyBytes), mib(memory?.streamsBytes)],
  ];
}

function fixed(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "-";
}
