/** The Docker host of an environment, read from its name. */
export type TargetName = LocalTarget | SshTargetName;

export interface LocalTarget {
  readonly kind: "local";
  /** As one path segment. */
  readonly slug: string;
}

export interface SshTargetName {
  readonly kind: "ssh";
  readonly slug: string;
  /** Empty: whom ssh's own configuration names. */
  readonly user: string;
  readonly host: string;
  readonly port: string;
}

const SSH_PORT = "22";

/** @param name `local` or `ssh://[user@]host[:port]`, as the config's schema lets through */
export function parseTarget(name: string): TargetName {
  if (name === "local") return { kind: "local", slug: "local" };
  const { username: user, hostname: host, port } = new URL(name);
  const slug = ["ssh", user, host, port || SSH_PORT].filter(Boolean).join("-");
  return { kind: "ssh", slug, user, host, port: port || SSH_PORT };
}
