import type { Shell } from "./shell.ts";

/** What systemd says against the units on the server that Plimsoll made or changed, and whose sandbox is not tight. */
export async function unitComplaints(shell: Shell, project: string): Promise<string> {
  return shell(
    `cd /etc/systemd/system
    systemd-analyze verify --man=no "$1"*.slice plimsoll*.service plimsoll*.timer *.swap docker.service ssh.service containerd.service 2>&1 |
      grep -i -e plimsoll -e "$1" || true
    for each in plimsoll*.service; do systemd-analyze security --threshold=30 "$each" >/dev/null || echo "$each is exposed"; done`,
    project,
  );
}
