/** Longer texts are looked at in parts: four of a kilobyte. */
const EXACT_LENGTH = 4096;
const PARTS = 4;
const PART_LENGTH = EXACT_LENGTH / PARTS;
/** Like \u0007, or half of a surrogate pair. */
const ESCAPED_BYTES = 6;
const SHORT_ESCAPES = new Set([...'"\\\b\f\n\r\t'].map((character) => character.charCodeAt(0)));
const FIRST_PRINTABLE = 0x20;
const FIRST_TWO_BYTES = 0x80;
const FIRST_THREE_BYTES = 0x800;
const PAIR_BYTES = 4;

/** UTF-8 bytes of a text in JSON, with its quotes; of a long one from samples. */
export function stringBytes(text: string): { bytes: number; isExact: boolean } {
  const quotes = 2;
  if (text.length <= EXACT_LENGTH) return { bytes: quotes + spanBytes(text), isExact: true };
  let sampled = 0;
  for (let part = 0; part < PARTS; part += 1) {
    const start = Math.floor((part * (text.length - PART_LENGTH)) / (PARTS - 1));
    sampled += spanBytes(text.slice(start, start + PART_LENGTH));
  }
  return { bytes: quotes + (sampled * text.length) / EXACT_LENGTH, isExact: false };
}

function spanBytes(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (isPair(code, text.charCodeAt(index + 1))) {
      bytes += PAIR_BYTES;
      index += 1;
    } else bytes += unitBytes(code);
  }
  return bytes;
}

function isPair(first: number, second: number): boolean {
  return isSurrogate(first, 0xd800) && isSurrogate(second, 0xdc00);
}

function isSurrogate(code: number, from: 0xd800 | 0xdc00): boolean {
  return code >= from && code < from + 0x400;
}

function unitBytes(code: number): number {
  if (SHORT_ESCAPES.has(code)) return 2;
  if (code < FIRST_PRINTABLE) return ESCAPED_BYTES;
  if (code < FIRST_TWO_BYTES) return 1;
  if (code < FIRST_THREE_BYTES) return 2;
  return isSurrogate(code, 0xd800) || isSurrogate(code, 0xdc00) ? ESCAPED_BYTES : 3;
}
