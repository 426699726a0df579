import { stringBytes } from "./string-size.ts";

export interface JsonSize {
  /** UTF-8 bytes of the text that `JSON.stringify` would make. */
  readonly bytes: number;
  /** False: large parts were sampled and scaled up, or something has no JSON text (a cycle, a BigInt). */
  readonly isExact: boolean;
}

export interface JsonSizeOptions {
  /** Values looked at, at most and about. Default 20 000: some milliseconds. */
  readonly steps?: number;
}

/** JSON of people's making is rarely 10 deep, and each level costs stack. */
const MAX_DEPTH = 64;
/** A row of a table has about so many values: with less than this for each element, look at fewer elements. */
const STEPS_PER_ELEMENT = 16;
const DEFAULT_STEPS = 20_000;
/** What stands for a value that was not looked at: a short number or word with its comma. */
const UNSEEN_BYTES = 8;
const NULL_BYTES = 4;
const BUFFER_FRAME_BYTES = '{"type":"Buffer","data":}'.length;

/**
 * How long a value's JSON will be, without making it. Exact for what fits into the steps. Beyond, long arrays are
 * looked at in evenly spaced places, so the result lies between length times the smallest and length times the
 * largest element seen. Time and stack are bounded whatever the value, apart from listing the keys of each object it
 * looks at. Never throws, also not on cycles and on getters that do.
 */
export function jsonSize(
  value: unknown,
  { steps = DEFAULT_STEPS }: JsonSizeOptions = {},
): JsonSize {
  const walk = new Walk();
  const bytes = walk.size(value, { steps, depth: 0 });
  return { bytes: Math.round(bytes ?? 0), isExact: walk.isExact };
}

interface Place {
  readonly steps: number;
  readonly depth: number;
}

class Walk {
  isExact = true;

  /** Undefined for what JSON leaves out. */
  size(value: unknown, place: Place): number | undefined {
    switch (typeof value) {
      case "string":
        return this.#string(value);
      case "number":
        return Number.isFinite(value) ? String(value).length : NULL_BYTES;
      case "boolean":
        return String(value).length;
      case "bigint":
        return this.#guess(UNSEEN_BYTES);
      case "object":
        return value === null ? NULL_BYTES : this.#object(value, place);
      default:
        return undefined;
    }
  }

  #string(text: string): number {
    const { bytes, isExact } = stringBytes(text);
    if (!isExact) this.isExact = false;
    return bytes;
  }

  #guess(bytes: number): number {
    this.isExact = false;
    return bytes;
  }

  #object(value: object, place: Place): number | undefined {
    if (place.depth >= MAX_DEPTH || place.steps < 1) return this.#guess(UNSEEN_BYTES);
    try {
      if (Buffer.isBuffer(value)) return BUFFER_FRAME_BYTES + this.#array(value, place);
      if (ArrayBuffer.isView(value)) return this.#typedArray(value as Uint8Array, place);
      const plain = plainOf(value);
      if (plain !== value) return this.size(plain, { ...place, depth: place.depth + 1 });
      return Array.isArray(value) ? this.#array(value, place) : this.#record(value, place);
    } catch {
      return this.#guess(UNSEEN_BYTES);
    }
  }

  #array(array: ArrayLike<unknown>, place: Place): number {
    const { length } = array;
    const bytes = this.#children(length, place, (index, inner) => {
      return this.size(array[index], inner) ?? NULL_BYTES;
    });
    return bytes + Math.max(0, length - 1) + "[]".length;
  }

  /** An object with an index for each key. */
  #typedArray(array: Uint8Array, place: Place): number {
    const length = array.length ?? 0;
    const bytes = this.#children(length, place, (index, inner) => {
      return String(index).length + '"":'.length + (this.size(array[index], inner) ?? 0);
    });
    return bytes + Math.max(0, length - 1) + "{}".length;
  }

  #record(record: object, place: Place): number {
    const keys = Object.keys(record);
    const bytes = this.#children(keys.length, place, (index, inner) => {
      const key = keys[index] as string;
      const size = this.size((record as Record<string, unknown>)[key], inner);
      return size === undefined ? 0 : this.#string(key) + ":,".length + size;
    });
    return Math.max(0, bytes - 1) + "{}".length;
  }

  /** All children together; of many, a few in evenly spaced places stand for the others. */
  #children(count: number, place: Place, sizeAt: (index: number, inner: Place) => number): number {
    if (count === 0) return 0;
    const isWhole = count * STEPS_PER_ELEMENT <= place.steps || count === 1;
    const looked = isWhole ? count : Math.min(count, Math.ceil(Math.sqrt(place.steps)));
    const inner = { steps: (place.steps - 1) / looked, depth: place.depth + 1 };
    if (looked < count) this.isExact = false;
    let bytes = 0;
    for (let turn = 0; turn < looked; turn += 1) {
      bytes += sizeAt(Math.floor(((turn + 0.5) * count) / looked), inner);
    }
    return (bytes * count) / looked;
  }
}

/** What JSON.stringify would take instead: the result of toJSON, or the primitive in a wrapper. */
function plainOf(value: object): unknown {
  if ("toJSON" in value && typeof value.toJSON === "function") return value.toJSON();
  const isWrapper = value instanceof String || value instanceof Number || value instanceof Boolean;
  return isWrapper ? value.valueOf() : value;
}
