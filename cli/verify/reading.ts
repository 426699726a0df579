/** One declared setting, and what is in force in its place. */
export interface Reading {
  /** Who: a container's name in its environment, such as `chat-1`. */
  readonly subject: string;
  /** In the words of the place where it is in force: `memory.max`, `shared_buffers`. */
  readonly setting: string;
  readonly declared: string;
  /** Undefined where there is none. */
  readonly live: string | undefined;
  /** Where it was read. */
  readonly where: string;
}

/** What is in force is not what was declared. */
export function isDrift({ declared, live }: Reading): boolean {
  return live !== declared;
}
