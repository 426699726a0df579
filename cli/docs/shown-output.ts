import { execa } from "execa";

/** `<!-- ./plimsoll explain -->` says whose output the block below it shows. */
const SHOWN = /(<!-- \.\/plimsoll (.+) -->\n```\n)[\s\S]*?^```$/gm;

async function outputOf(line: string, folder: string): Promise<string> {
  const { stdout, stderr } = await execa(
    process.execPath,
    ["--import", "tsx", "cli/main.ts", ...line.split(" ")],
    { cwd: folder, reject: false, env: { NO_COLOR: "1", FORCE_COLOR: "0" } },
  );
  return [stderr, stdout].filter(Boolean).join("\n").trimEnd();
}

/**
 * A document with the output of each command that it shows as it is now.
 * @param folder where the command runs: the project's
 */
export async function withOutputs(text: string, folder: string): Promise<string> {
  const lines = [...new Set([...text.matchAll(SHOWN)].map(([, , line = ""]) => line))];
  const outputs = await Promise.all(lines.map((line) => outputOf(line, folder)));
  const now = new Map(lines.map((line, at) => [line, outputs[at]]));
  return text.replace(SHOWN, (_, head, line) => `${head}${now.get(line)}\n\`\`\``);
}
