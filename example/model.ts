import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { FinishReason, Message } from "./messages.ts";

export const MODEL_ID = "harbour-1";

/** What the model will say, token by token. */
export interface Composition {
  readonly tokens: readonly string[];
  readonly finishReason: FinishReason;
}

const SUBJECTS = [
  "A small ship",
  "The harbour master",
  "A careful crew",
  "Every loaded hull",
  "The old pilot",
];
const VERBS = [
  "rides well",
  "asks for the papers",
  "waits for the tide",
  "keeps its balance",
  "turns back in time",
];
const REASONS = [
  "when the cargo is stowed low",
  "because the line is painted where all can see it",
  "as long as nobody loads in the dark",
  "before the weather can decide for it",
  "and leaves a hand's breadth of freeboard",
];

const TOKENS_MIN = 40;
const TOKENS_SPREAD = 60;

/**
 * Stands in for a language model: costs time, not memory, and gives the same prompt the same answer.
 * With `maxTokens` the answer is exactly that long, otherwise 40 tokens and up to the end of a sentence.
 */
export function compose(prompt: readonly Message[], maxTokens?: number): Composition {
  const random = generator(seedOf(prompt));
  const length = maxTokens ?? TOKENS_MIN + Math.floor(random() * TOKENS_SPREAD);
  const tokens: string[] = [];
  while (tokens.length < length) tokens.push(...sentence(random, tokens.length === 0));
  return maxTokens
    ? { tokens: tokens.slice(0, maxTokens), finishReason: "length" }
    : { tokens, finishReason: "stop" };
}

/** Yields the tokens one by one, each after `delayMs`; ends early when `signal` aborts. */
export async function* speak(
  tokens: readonly string[],
  delayMs: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for (const token of tokens) {
    // Even without a delay this lets other requests have their turn.
    await sleep(delayMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    yield token;
  }
}

/** A token is a word with the blank before it, so that the answer is the tokens joined. */
function sentence(random: () => number, first: boolean): string[] {
  const pick = (choices: readonly string[]) => choices[Math.floor(random() * choices.length)];
  const text = `${pick(SUBJECTS)} ${pick(VERBS)} ${pick(REASONS)}.`;
  return (first ? text : ` ${text}`).split(/(?= )/);
}

function seedOf(prompt: readonly Message[]): number {
  return createHash("sha256").update(JSON.stringify(prompt)).digest().readUInt32LE();
}

/** The mulberry32 generator: 32 bits of state, 0 <= value < 1. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
