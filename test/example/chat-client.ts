/** A browser as far as the tests need one: it keeps its cookie. */
export class ChatClient {
  readonly #origin: string;
  #cookie = "";

  constructor(origin: string, cookie = "") {
    this.#origin = origin;
    this.#cookie = cookie;
  }

  /** The same user at another slot. */
  at(origin: string): ChatClient {
    return new ChatClient(origin, this.#cookie);
  }

  async fetch(path: string, options: RequestInit = {}): Promise<Response> {
    const headers = { "Content-Type": "application/json", Cookie: this.#cookie };
    const response = await fetch(`${this.#origin}${path}`, { headers, ...options });
    const [cookie] = response.headers.getSetCookie();
    if (cookie) this.#cookie = cookie.split(";")[0] ?? "";
    return response;
  }

  async json(path: string) {
    return JSON.parse(await (await this.fetch(path)).text());
  }

  ask(question: string, fields: object = {}, signal?: AbortSignal): Promise<Response> {
    const body = JSON.stringify({ messages: [{ role: "user", content: question }], ...fields });
    return this.fetch("/api/chat/completions", { method: "POST", body, signal: signal ?? null });
  }

  /** Asks and waits for the whole answer. */
  async answer(question: string, fields: object = {}) {
    const response = await this.ask(question, fields);
    const text = await response.text();
    const content: string = JSON.parse(text).choices?.[0].message.content;
    return { status: response.status, content, sessionId: response.headers.get("X-Session-Id") };
  }

  async messages(sessionId: string | null) {
    const { messages } = await this.json(`/api/sessions/${sessionId}/messages`);
    return messages.map((message: Record<string, unknown>) => [
      message["role"],
      message["content"],
      message["finish_reason"],
    ]);
  }
}
