const BUSY = new Set([429, 503]);

/** A request that failed, in words for the reader; `retryAfterSeconds` when the server asked to wait. */
export class ApiError extends Error {
  constructor(message, retryAfterSeconds = 0) {
    super(message);
    this.name = "ApiError";
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export async function listSessions() {
  return (await json("api/sessions")).sessions;
}

export async function listMessages(sessionId) {
  return (await json(`api/sessions/${sessionId}/messages`)).messages;
}

export async function deleteSession(sessionId) {
  await request(`api/sessions/${sessionId}`, { method: "DELETE" });
}

export async function downloadExport(rows) {
  return (await request(`api/export?rows=${rows}`)).blob();
}

/** Asks in a session, or in a new one without `sessionId`. Resolves when the answer begins. */
export async function ask(question, { sessionId, signal }) {
  const body = { messages: [{ role: "user", content: question }], stream: true, session_id: sessionId };
  const response = await request("api/chat/completions", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  return { sessionId: response.headers.get("X-Session-Id"), pieces: answer(response.body) };
}

/** The data of each server-sent event; comments, such as heartbeats, are skipped. */
export async function* readEvents(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let pending = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (pending + value).split("\n\n");
    pending = blocks.pop();
    for (const block of blocks) if (block.startsWith("data: ")) yield block.slice("data: ".length);
  }
}

async function* answer(stream) {
  for await (const data of readEvents(stream)) {
    if (data === "[DONE]") return;
    const { choices, error } = JSON.parse(data);
    if (error) throw new ApiError(`The server reports: ${error.message}.`);
    yield choices[0].delta.content ?? "";
  }
  throw new ApiError("The connection was cut before the answer was complete.");
}

async function json(path) {
  return (await request(path)).json();
}

async function request(path, options) {
  const response = await fetch(path, options).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new ApiError("The server cannot be reached.");
  });
  if (response.ok) return response;
  if (BUSY.has(response.status)) {
    const seconds = Number(response.headers.get("Retry-After")) || 1;
    throw new ApiError("The server has no room for this right now.", seconds);
  }
  const { error } = await response.json().catch(() => ({}));
  throw new ApiError(`The server answered ${response.status}: ${error?.message ?? response.statusText}.`);
}
