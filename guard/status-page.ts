import { readFileSync } from "node:fs";
import type { AdminReply } from "./admin-reply.ts";
import { crypto } from "./crypto.ts";

/** Beside the source, and beside the bundle. */
const FILE = new URL("./status.html", import.meta.url);

/**
 * The page that a person looks at. Read anew each time: who looks once a day should not cost memory all day. Only the
 * page's own style and script run, by their digests.
 */
export function statusPage(): AdminReply {
  const body = readFileSync(FILE, "utf8");
  const policy = [
    "default-src 'none'",
    "connect-src 'self'",
    "img-src data:",
    `script-src ${digest(body, "script")}`,
    `style-src ${digest(body, "style")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  const headers = {
    "Content-Security-Policy": policy.join("; "),
    "Referrer-Policy": "no-referrer",
  };
  return { status: 200, type: "text/html; charset=utf-8", body, headers };
}

function digest(page: string, element: string): string {
  const text = new RegExp(`<${element}>([^]*?)</${element}>`).exec(page)?.[1] ?? "";
  return `'sha256-${crypto().createHash("sha256").update(text).digest("base64")}'`;
}
