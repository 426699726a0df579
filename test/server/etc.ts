import type { Shell } from "./shell.ts";

/** Everything below /etc: files with their content, then all with their modes and where links lead. */
const LINES = `cd /etc
find . -type f -exec sha256sum {} + | awk '{ print $2, $1 }' | sort
find . -printf '%p %m %l\\n' | sort`;

/** What installing Docker, nftables and systemd-timesyncd leaves besides files, and the swap file's unit. */
const BY_PACKAGES = [
  /^\.\/alternatives\/(arp|eb|ip|ip6)tables(-save|-restore)?$/,
  /^\.\/(cni(\/net\.d)?|docker\/key\.json|ld\.so\.cache|networks|rc\d\.d\/[KS]01docker)$/,
  /^\.\/(group|gshadow|passwd|shadow|subgid|subuid)-?$/,
  /^\.\/systemd\/system\/multi-user\.target\.wants\/(docker|containerd)\.service$/,
  /^\.\/systemd\/system\/sockets\.target\.wants(\/docker\.socket)?$/,
  /^\.\/systemd\/system\/(dbus-org\.freedesktop\.timesync1|sysinit\.target\.wants\/systemd-timesyncd)\.service$/,
  /^\.\/systemd\/system\/(swap\.target\.wants(\/)?)?(var-lib-plimsoll-swapfile\.swap)?$/,
];

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

/** The same without what installing packages and the swap file's unit leave. */
export async function etcLeftovers(shell: Shell, before: readonly string[]) {
  const { changed, gone } = await etcChanges(shell, before);
  const others = changed.filter((path) => !BY_PACKAGES.some((known) => known.test(path)));
  return { others, gone };
}
