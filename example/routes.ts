import type { Chat } from "./chat.ts";
import { sendJson } from "./exchange.ts";
import type { Exports } from "./export.ts";
import { type Health, live } from "./health.ts";
import { notFound } from "./http-error.ts";
import type { Identity } from "./identity.ts";
import type { Messages } from "./messages.ts";
import type { Models } from "./models.ts";
import { Router } from "./router.ts";
import type { Sessions } from "./sessions.ts";
import type { Users } from "./users.ts";

export interface RouteParts {
  readonly chat: Chat;
  readonly exports: Exports;
  readonly health: Health;
  readonly identity: Identity;
  readonly messages: Messages;
  readonly models: Models;
  readonly sessions: Sessions;
  readonly users: Users;
}

/** Every address of the application. */
export function createRoutes({
  chat,
  exports,
  health,
  identity,
  messages,
  models,
  sessions,
  users,
}: RouteParts): Router {
  return new Router()
    .add("GET", "/health", live)
    .add("GET", "/health/detailed", health.detailed)
    .add("POST", "/api/chat/completions", chat.complete)
    .add("GET", "/api/export", exports.send)
    .add("GET", "/api/models", async ({ response }) => {
      sendJson(response, 200, { object: "list", data: await models.active() });
    })
    .add("GET", "/api/user", async ({ request, response }) => {
      const userId = identity.userOf(request);
      const user = userId && (await users.find(userId));
      if (!user) throw notFound("no user yet: the first question makes one");
      sendJson(response, 200, user);
    })
    .add("GET", "/api/sessions", async ({ request, response }) => {
      const userId = identity.userOf(request);
      sendJson(response, 200, { sessions: userId ? await sessions.list(userId) : [] });
    })
    .add("GET", "/api/sessions/:id/messages", async ({ request, response, params }) => {
      const session = await sessions.find(params["id"] ?? "", identity.userOf(request));
      sendJson(response, 200, { session, messages: await messages.recent(session.id) });
    })
    .add("DELETE", "/api/sessions/:id", async ({ request, response, params }) => {
      await sessions.delete(params["id"] ?? "", identity.userOf(request));
      response.writeHead(204).end();
    });
}
