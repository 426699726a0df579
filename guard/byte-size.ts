const UNITS: Readonly<Record<string, number>> = { "": 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** `300MiB`, `2GiB` or a plain number in bytes; 0 for anything else. */
export function parseBytes(text: string): number {
  const [, digits = "", unit = ""] = /^(\d{1,15})(KiB|MiB|GiB)?$/.exec(text) ?? [];
  const bytes = Number(digits) * (UNITS[unit] ?? 0);
  return Number.isSafeInteger(bytes) ? bytes : 0;
}

/** In the largest unit that leaves a whole number. */
export function formatBytes(bytes: number): string {
  const units = Object.entries(UNITS).reverse();
  const [unit, size] = units.find(([, each]) => bytes % each === 0) ?? ["", 1];
  return `${bytes / size}${unit}`;
}
