import type { Report } from "../../cli/report.ts";

/** Collects what a run tells the operator. */
export function recordingReport(onDetail: (text: string) => void = () => undefined) {
  const lines: string[] = [];
  const note = (text: string) => {
    lines.push(text);
  };
  const detail = (text: string) => {
    note(text);
    onDetail(text);
  };
  const report: Report = { step: note, detail, done: note, warn: note };
  return { report, lines };
}
