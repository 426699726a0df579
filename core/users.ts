/** Numeric users of the images, the same for official and Debian-built ones: `--user` needs no lookup. */
export const USERS = {
  nginx: { uid: 101, gid: 101 },
  redis: { uid: 999, gid: 999 },
  postgres: { uid: 999, gid: 999 },
  node: { uid: 1000, gid: 1000 },
} as const;

export type ProgramUser = keyof typeof USERS;

/** `101:101`. */
export function userOf(program: ProgramUser): string {
  const { uid, gid } = USERS[program];
  return `${uid}:${gid}`;
}
