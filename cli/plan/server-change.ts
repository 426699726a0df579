/** A setting of the server itself that an apply would change. */
export interface ServerChange {
  /** As the server's own program tells it: a file, a package, or a place with both values. */
  readonly setting: string;
  /** What putting it in force does to those who are served, or to who is logged in; undefined where nothing is. */
  readonly effect: string | undefined;
}

/** Nobody of them stops a container. */
const EFFECTS: readonly (readonly [RegExp, string])[] = [
  [
    /^\/etc\/docker\/daemon\.json/,
    "Docker restarts; containers go on, a name that is looked up anew waits until it is back",
  ],
  [/^\/etc\/ssh\/sshd_config\.d\//, "sshd is reloaded; open sessions go on"],
  [/^\/etc\/plimsoll\/firewall\.nft/, "rules are replaced at once; open connections go on"],
  [/^\/etc\/systemd\/system\/.*\.slice/, "limits move while containers run"],
  [/^\/etc\/systemd\/journald\.conf\.d\//, "journald restarts"],
  [/^\/(?:etc\/sysctl\.d|etc\/tmpfiles\.d|proc\/sys|sys)\//, "in force at once; nothing restarts"],
];

export function serverChange(setting: string): ServerChange {
  const effect = EFFECTS.find(([pattern]) => pattern.test(setting))?.[1];
  return { setting, effect };
}
