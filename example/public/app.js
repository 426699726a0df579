import * as api from "./api.js";
import * as view from "./view.js";

const { elements } = view;
let sessionId;
let asking;

/** Runs an action; a failure is shown with a button that runs it again. */
async function attempt(action) {
  view.hideNotice();
  try {
    await action();
  } catch (error) {
    if (error.name === "AbortError") return;
    view.showNotice(error, () => attempt(action));
  }
}

async function refreshSessions() {
  const sessions = await api.listSessions();
  view.showSessions(sessions, sessionId, {
    open: (id) => attempt(() => openSession(id)),
    remove: (id) => attempt(() => removeSession(id)),
  });
}

async function openSession(id) {
  const messages = await api.listMessages(id);
  newChat();
  sessionId = id;
  for (const message of messages) view.addMessage(message);
  await refreshSessions();
}

async function removeSession(id) {
  await api.deleteSession(id);
  if (id === sessionId) newChat();
  await refreshSessions();
}

function newChat() {
  asking?.abort();
  sessionId = undefined;
  view.clearMessages();
  view.hideNotice();
  view.openSidebar(false);
  elements.question.focus();
}

function submit(question) {
  if (asking || !question.trim()) return;
  elements.question.value = "";
  view.addMessage({ role: "user", content: question });
  attempt(() => streamAnswer(question));
}

async function streamAnswer(question) {
  const controller = new AbortController();
  asking = controller;
  view.showBusy(true);
  try {
    const { pieces, ...answer } = await api.ask(question, { sessionId, signal: controller.signal });
    sessionId = answer.sessionId;
    const text = view.addMessage({ role: "assistant" });
    for await (const piece of pieces) view.appendText(text, piece);
    view.announce("The answer is complete.");
  } catch (error) {
    if (error.name !== "AbortError") throw error;
    view.announce("The answer was stopped.");
  } finally {
    asking = undefined;
    view.showBusy(false);
  }
  await refreshSessions();
}

elements.ask.addEventListener("submit", (event) => {
  event.preventDefault();
  submit(elements.question.value);
});

elements.question.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  elements.ask.requestSubmit();
});

for (const button of elements.suggestions) {
  button.addEventListener("click", () => submit(button.textContent));
}

elements.exportForm.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => view.save(await api.downloadExport(elements.rows.value), "export.json"));
});

elements.stop.addEventListener("click", () => asking?.abort());
elements.newChat.addEventListener("click", () => {
  newChat();
  attempt(refreshSessions);
});
elements.menu.addEventListener("click", () => {
  view.openSidebar(elements.menu.getAttribute("aria-expanded") !== "true");
});
elements.main.addEventListener("click", () => view.openSidebar(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") view.openSidebar(false);
});

attempt(refreshSessions);
