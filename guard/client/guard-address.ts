import { request } from "node:http";

export interface GuardReply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The guard is on the same server: later than this, it is not coming. */
const TIMEOUT_MS = 2_000;

/** The admin port of a guard. Plain node:http: `fetch` would cost the application 14 MB. */
export class GuardAddress {
  readonly #url: URL;

  /** @throws TypeError unless it is http://host:port. */
  constructor(url: string) {
    this.#url = new URL(url);
    if (this.#url.protocol !== "http:") {
      throw new TypeError(`guard: must be http://host:port, got "${url}"; correct it`);
    }
  }

  /** @throws Error when nobody answers in time. */
  call(method: string, path: string, body?: object): Promise<GuardReply> {
    const text = body === undefined ? "" : JSON.stringify(body);
    const headers = {
      "Content-Type": "application/json",
      "Content-Length": Buffer.byteLength(text),
    };
    return new Promise((resolve, reject) => {
      const options = { method, headers, timeout: TIMEOUT_MS, agent: false };
      const call = request(new URL(path, this.#url), options, async (response) => {
        try {
          let answer = "";
          for await (const chunk of response.setEncoding("utf8")) answer += chunk;
          resolve({ status: response.statusCode ?? 0, body: answer ? JSON.parse(answer) : {} });
        } catch (error) {
          reject(error);
        }
      });
      call.on("timeout", () => call.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
      call.on("error", reject);
      call.end(text);
    });
  }
}
