import { randomUUID } from "node:crypto";
import { badRequest } from "./http-error.ts";
import type { FinishReason, Message, Role } from "./messages.ts";
import { MODEL_ID } from "./model.ts";

export interface CompletionRequest {
  /** The last one is the user's question. */
  readonly messages: readonly Message[];
  readonly question: string;
  readonly stream: boolean;
  readonly sessionId?: string;
  readonly maxTokens?: number;
}

const ROLES: readonly Role[] = ["system", "user", "assistant"];
const MESSAGES_MAX = 100;
const CONTENT_MAX_LENGTH = 32_768;
const TOKENS_MAX = 4096;

/** @throws HttpError 400 with the first rule that the body breaks. */
export function parseCompletionRequest(body: unknown): CompletionRequest {
  const {
    messages,
    stream = false,
    session_id: sessionId,
    max_tokens: maxTokens,
  } = asObject(body, "the body");
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > MESSAGES_MAX) {
    throw badRequest(`messages: must be a list of 1..${MESSAGES_MAX} messages`);
  }
  const parsed = messages.map(parseMessage);
  const last = parsed.at(-1) as Message;
  if (last.role !== "user") throw badRequest("messages: the last one must have the role user");
  if (typeof stream !== "boolean") throw badRequest("stream: must be true or false");
  return {
    messages: parsed,
    question: last.content,
    stream,
    sessionId: optional(sessionId, isText, "session_id: must be the id of a session"),
    maxTokens: optional(
      maxTokens,
      isTokenCount,
      `max_tokens: must be a whole number 1..${TOKENS_MAX}`,
    ),
  };
}

const isText = (value: unknown): value is string => typeof value === "string";
const isTokenCount = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= TOKENS_MAX;

/** Clients send `null` for what they leave out. */
function optional<Value>(
  value: unknown,
  is: (value: unknown) => value is Value,
  rule: string,
): Value | undefined {
  if (value === undefined || value === null) return undefined;
  if (is(value)) return value;
  throw badRequest(rule);
}

function asObject(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw badRequest(`${name}: must be an object`);
}

function parseMessage(value: unknown, index: number): Message {
  const { role, content } = asObject(value, `messages[${index}]`);
  const known = ROLES.find((candidate) => candidate === role);
  if (!known) throw badRequest(`messages[${index}].role: must be one of ${ROLES.join(", ")}`);
  // Postgres' text cannot hold the character NUL.
  if (
    !isText(content) ||
    content.trim() === "" ||
    content.length > CONTENT_MAX_LENGTH ||
    content.includes("\0")
  ) {
    throw badRequest(
      `messages[${index}].content: must be text of 1..${CONTENT_MAX_LENGTH} characters`,
    );
  }
  return { role: known, content };
}

/** The fields that all parts of one answer share. */
export class Completion {
  readonly id = `chatcmpl-${randomUUID()}`;
  readonly #created = Math.floor(Date.now() / 1000);

  /** One piece of a streamed answer, or with `finishReason` its end. */
  chunk(content: string | undefined, finishReason: FinishReason | null = null) {
    const delta = content === undefined ? {} : { content };
    return {
      ...this.#head("chat.completion.chunk"),
      choices: [{ index: 0, delta, finish_reason: finishReason }],
    };
  }

  whole(content: string, finishReason: FinishReason) {
    const message = { role: "assistant", content };
    return {
      ...this.#head("chat.completion"),
      choices: [{ index: 0, message, finish_reason: finishReason }],
    };
  }

  #head(object: string) {
    return { id: this.id, object, created: this.#created, model: MODEL_ID };
  }
}
