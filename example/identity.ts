import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Exchange } from "./exchange.ts";

const COOKIE = "chat_user";
const YEAR_SECONDS = 365 * 24 * 3600;

/** Users are known by a random id in a cookie that only this application can sign; there is no login. */
export class Identity {
  readonly #key: string;

  constructor(sessionKey: string) {
    this.#key = sessionKey;
  }

  sign(userId: string): string {
    return `${userId}.${this.#signature(userId).toString("base64url")}`;
  }

  /** The user id of a value that `sign` made, `undefined` for any other. */
  verify(value: string): string | undefined {
    const [userId = "", signature = ""] = value.split(".", 2);
    const given = Buffer.from(signature, "base64url");
    const expected = this.#signature(userId);
    return given.length === expected.length && timingSafeEqual(given, expected)
      ? userId
      : undefined;
  }

  userOf(request: IncomingMessage): string | undefined {
    const value = new RegExp(`(?:^|;)\\s*${COOKIE}=([^;\\s]*)`).exec(
      request.headers.cookie ?? "",
    )?.[1];
    return value && this.verify(value);
  }

  /** The user of the request; a new one gets the cookie with this response. */
  ensureUser({ request, response }: Exchange): string {
    const known = this.userOf(request);
    if (known) return known;
    const userId = randomUUID();
    // The proxy in front sets this header, and nothing else reaches this port.
    const secure = request.headers["x-forwarded-proto"] === "https" ? "; Secure" : "";
    const attributes = `Path=/; Max-Age=${YEAR_SECONDS}; HttpOnly; SameSite=Lax${secure}`;
    response.setHeader("Set-Cookie", `${COOKIE}=${this.sign(userId)}; ${attributes}`);
    return userId;
  }

  #signature(userId: string): Buffer {
    return createHmac("sha256", this.#key).update(`${COOKIE}:${userId}`).digest();
  }
}
