import { type ConfigKey, type KeyGroup, keyGroups } from "../../config/keys.ts";
import { markdownTable } from "../markdown.ts";

const INTRODUCTION = `# The config

Every key that \`plimsoll.config.ts\` may have. Made from the schema by \`./plimsoll docs\`: change the schema, not this file.

| key | what |
|---|---|
| \`project\` | first part of every name on the server; default \`"plimsoll"\` |
| \`base\` | what every environment starts from: any of the keys below |
| \`environments.<name>\` | the base with these keys merged over it: objects by key, lists replaced, \`null\` takes a key out |

Names are 2 to 32 lower-case letters, digits and dashes, a letter first. A size or a duration is text with its unit, such as
\`"300MiB"\` or \`"30s"\`; a number alone is refused. An unknown key is refused too.`;

const code = (text: string) => `\`${text}\``;

function defaultOf(key: ConfigKey): string {
  if (key.required) return "required";
  if (key.default !== undefined) return code(key.default);
  return key.computed ?? "none";
}

function row(key: ConfigKey): string[] {
  return [code(key.path), key.type, key.range, defaultOf(key), key.what];
}

function section({ title, what, keys }: KeyGroup): string {
  const table = markdownTable(["key", "type", "range", "default", "what"], keys.map(row));
  return [`## ${title}`, what, ...(keys.length > 0 ? [table] : [])].join("\n\n");
}

/** The text of docs/config.md. */
export function configReference(): string {
  return `${[INTRODUCTION, ...keyGroups().map(section)].join("\n\n")}\n`;
}
