/**
 * One TCP connection serves every call: sshd drops connections above MaxStartups, and a handshake costs
 * more than most of our commands.
 */
const SSH_DEFAULTS = [
  ["BatchMode", "yes"],
  ["ConnectTimeout", "10"],
  ["ServerAliveInterval", "15"],
  ["ControlMaster", "auto"],
  ["ControlPath", "~/.ssh/plimsoll-%C"],
  ["ControlPersist", "60"],
] as const;

/** ssh arguments of every connection, the CLI's and the Docker provider's; the operator's first, so that they win. */
export function sshOptions(extra: readonly string[]): string[] {
  return [...extra, ...SSH_DEFAULTS.flatMap(([key, value]) => ["-o", `${key}=${value}`])];
}
