const numbers = (version: string) => version.match(/\d+/g)?.map(Number) ?? [];

/** Whether `1.11.4` is `1.5` or newer; what follows the third number (`-rc1`, `+dfsg`) does not count. */
export function isAtLeast(version: string, minimum: string): boolean {
  const found = numbers(version);
  for (const [place, wanted] of numbers(minimum).entries()) {
    const number = found[place] ?? 0;
    if (number !== wanted) return number > wanted;
  }
  return found.length > 0;
}
