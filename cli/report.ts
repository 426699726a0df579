import { styleText } from "node:util";

/** Where progress goes: stderr, so that stdout stays clean for `--json` and `eval`. */
export interface Report {
  /** A step that begins: `docker engine: installing docker.io`. */
  step(text: string): void;
  /** A detail of the step under way; terminals only show it dimmed. */
  detail(text: string): void;
  done(text: string): void;
  warn(text: string): void;
}

const write = (text: string) => process.stderr.write(`${text}\n`);
type Style = Parameters<typeof styleText>[0];
const mark = (style: Style, sign: string, text: string) =>
  write(`${styleText(style, sign, { stream: process.stderr })} ${text}`);

export const terminalReport: Report = {
  step: (text) => mark("cyan", "·", text),
  detail: (text) => write(`  ${styleText("dim", text, { stream: process.stderr })}`),
  done: (text) => mark("green", "✓", text),
  warn: (text) => mark("yellow", "!", text),
};
