import type { Shell } from "./shell.ts";

/** Everything below /etc: files with their content, then all with their modes and where links lead. */
const LINES = `cd /etc
find . -type f -exec sha256sum {} + | awk '{ print $2, $1 }' | sort
find . -printf '%p %m %l\\n' | sort`;

export async function etcLines(shell: Shell): Promise<string[]> {
  return (await shell(LINES)).split("\n");
}

const pathOf = (line: string) => line.split(" ")[0] ?? "";

/** What is in /etc now and was not, but for what packages brought; and what is gone. */
export async function etcChanges(shell: Shell, before: readonly string[]) {
  const now = await etcLines(shell);
  const known = new Set(before);
  const changed = now.filter((line) => !known.has(line)).map(pathOf);
  const paths = new Set(now.map(pathOf));
  const others = await shell(
    `cd /etc; for each in "$@"; do dpkg-query -S "/etc/\${each#./}" >/dev/null 2>&1 || echo "$each"; done`,
    ...changed,
  );
  return {
    changed: [...new Set(others.split("\n").filter(Boolean))].sort(),
    gone: [...new Set(before.map(pathOf))].filter((path) => !paths.has(path)),
  };
}
