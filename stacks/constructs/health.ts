/** Health check commands: with what every Debian-based image has, since a small one has no curl. */

/** GET answers 200. A Node process for it would cost 40 MiB of the container's own limit. */
export function httpHealth(port: number, path: string): string[] {
  const request = `GET ${path} HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n`;
  return [
    "CMD",
    "bash",
    "-c",
    `exec 3<>/dev/tcp/127.0.0.1/${port} && printf '${request}' >&3 && read -r status <&3 && [[ $status == *" 200 "* ]]`,
  ];
}

export const POSTGRES_HEALTH = [
  "CMD",
  "pg_isready",
  "--quiet",
  "--host=127.0.0.1",
  "--username=postgres",
];
/** The default user may do nothing else. */
export const REDIS_HEALTH = ["CMD-SHELL", "redis-cli ping | grep -q PONG"];
