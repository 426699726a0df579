import { Completion, type CompletionRequest, parseCompletionRequest } from "./completion.ts";
import { DONE_FRAME, EventStream, frame } from "./event-stream.ts";
import { type Exchange, readJson, sendJson, whenLeft } from "./exchange.ts";
import type { Identity } from "./identity.ts";
import { type Log, reason } from "./log.ts";
import type { Messages } from "./messages.ts";
import { type Composition, compose, speak } from "./model.ts";
import type { Sessions } from "./sessions.ts";
import type { Settings } from "./settings.ts";

export interface ChatParts {
  readonly identity: Identity;
  readonly sessions: Sessions;
  readonly messages: Messages;
  readonly settings: Pick<Settings, "heartbeatMs" | "historyLimit" | "modelTokenDelayMs">;
  readonly log: Log;
}

interface Turn extends Composition {
  readonly sessionId: string;
}

const NOT_STORED = {
  error: { code: "not_stored", message: "the answer could not be stored" },
};

/** `POST /api/chat/completions`: one question, its answer, and both in the database. */
export class Chat {
  readonly #parts: ChatParts;

  constructor(parts: ChatParts) {
    this.#parts = parts;
  }

  readonly complete = async (exchange: Exchange): Promise<void> => {
    const { response } = exchange;
    const left = whenLeft(response);
    const request = parseCompletionRequest(await readJson(exchange.request));
    const turn = await this.#begin(exchange, request);
    response.setHeader("X-Session-Id", turn.sessionId);
    if (request.stream) return this.#stream(exchange, turn, left);
    let answer = "";
    for await (const token of this.#speak(turn, left)) answer += token;
    sendJson(response, 200, new Completion().whole(answer, turn.finishReason));
  };

  /** Stores the question and prepares the answer. No database connection is held while tokens flow. */
  async #begin(exchange: Exchange, request: CompletionRequest): Promise<Turn> {
    const { messages, settings } = this.#parts;
    const sessionId = await this.#sessionOf(exchange, request);
    // A known session has what came before; a client without one sends it all.
    await messages.add(
      sessionId,
      request.sessionId ? request.messages.slice(-1) : request.messages,
    );
    const history = await messages.recent(sessionId, settings.historyLimit);
    const prompt = history.map(({ role, content }) => ({ role, content }));
    return { sessionId, ...compose(prompt, request.maxTokens) };
  }

  async #sessionOf(exchange: Exchange, request: CompletionRequest): Promise<string> {
    const { identity, sessions } = this.#parts;
    const userId = identity.ensureUser(exchange);
    if (!request.sessionId) return (await sessions.create(userId, request.question)).id;
    return (await sessions.find(request.sessionId, userId)).id;
  }

  async #stream({ response }: Exchange, turn: Turn, left: AbortSignal): Promise<void> {
    const { settings, log } = this.#parts;
    const completion = new Completion();
    const stream = new EventStream(response, left, settings.heartbeatMs);
    try {
      for await (const token of this.#speak(turn, left)) {
        await stream.send(frame(completion.chunk(token)));
      }
      await stream.send(frame(completion.chunk(undefined, turn.finishReason)));
      await stream.send(DONE_FRAME);
    } catch (error) {
      log.warn("chat: answer not stored", { reason: reason(error), sessionId: turn.sessionId });
      // The head is long gone: the error travels as an event, and no end mark follows.
      await stream.send(frame(NOT_STORED));
    } finally {
      stream.close();
    }
  }

  /** The answer's tokens. Stored before the last one's reader hears of the end, and also when the client left. */
  async *#speak(turn: Turn, left: AbortSignal): AsyncGenerator<string> {
    let said = 0;
    try {
      for await (const token of speak(turn.tokens, this.#parts.settings.modelTokenDelayMs, left)) {
        said += 1;
        yield token;
      }
    } finally {
      await this.#store(turn, said);
    }
  }

  async #store({ sessionId, tokens, finishReason }: Turn, said: number): Promise<void> {
    if (said === 0) return;
    const answer = { role: "assistant", content: tokens.slice(0, said).join("") } as const;
    const end = said < tokens.length ? "cancelled" : finishReason;
    await this.#parts.messages.add(sessionId, [answer], end);
  }
}
