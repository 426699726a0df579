/** One line of a file, in the words of the program that reads it. */
export interface NamedSetting {
  readonly name: string;
  readonly value: string;
}

/** A file of the kernel, and what it must say. */
export interface KernelFile {
  readonly path: string;
  readonly value: string;
}

export function named(settings: Readonly<Record<string, string | number>>): NamedSetting[] {
  return Object.entries(settings).map(([name, value]) => ({ name, value: String(value) }));
}
