import { configPath } from "../../stacks/constructs/config-file.ts";
import type { Context, Subject } from "./context.ts";
import { declaredText } from "./declared-settings.ts";
import type { Reading } from "./reading.ts";

/** What `nginx -T` writes before each file. */
const FILE_MARK = /^# configuration file (\S+):$/m;

/** `name value…;`, `block {` and `}` as single lines, without comments. */
function statements(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  const code = lines.filter((line) => line !== "" && !line.startsWith("#"));
  return code.join("\n").split(/(?<=[;{}])\n/);
}

/** Each directive by its blocks and name, a number behind those that stand more than once: `http > server > listen`. */
export function directives(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const blocks: string[] = [];
  for (const statement of statements(text)) {
    if (statement === "}") blocks.pop();
    else if (statement.endsWith("{")) blocks.push(statement.slice(0, -1).trim());
    else add(found, blocks, statement.slice(0, -1));
  }
  return found;
}

function add(found: Map<string, string>, blocks: readonly string[], statement: string): void {
  const [name = "", ...values] = statement.split(/\s+/);
  const path = [...blocks, name].join(" > ");
  let key = path;
  for (let count = 2; found.has(key); count += 1) key = `${path} #${count}`;
  found.set(key, values.join(" "));
}

/** The text of one file out of `nginx -T`. */
function fileIn(dump: string, path: string): string {
  const parts = dump.split(FILE_MARK);
  const at = parts.indexOf(path);
  return at < 0 ? "" : (parts[at + 1] ?? "");
}

/** Every directive of the declared nginx.conf against `nginx -T`, and none that was not declared. */
export async function nginxReadings({ target }: Context, subject: Subject): Promise<Reading[]> {
  const path = configPath("nginx.conf");
  const { stdout } = await target.docker(
    ["exec", subject.declared.name, "nginx", "-T", "-q", "-c", path],
    { reject: false },
  );
  const declared = directives(declaredText(subject));
  const live = directives(fileIn(String(stdout), path));
  return [...new Set([...declared.keys(), ...live.keys()])].map((setting) => ({
    subject: subject.name,
    setting,
    declared: declared.get(setting) ?? "none",
    live: live.get(setting),
    where: "nginx -T",
  }));
}
