const find = (selector) => document.querySelector(selector);

export const elements = {
  main: find("main"),
  ask: find("#ask"),
  question: find("#question"),
  stop: find("#stop"),
  menu: find("#menu"),
  newChat: find("#new"),
  exportForm: find("#export"),
  rows: find("#rows"),
  suggestions: document.querySelectorAll(".suggestions button"),
};

const messages = find("#messages");
const sessions = find("#sessions");
const notice = find("#notice");
const sidebar = find("#sidebar");
const ENDINGS = { cancelled: "stopped early" };

/** Adds a message and returns the element that its text goes into. */
export function addMessage({ role, content = "", finish_reason: ending }) {
  const item = make("li", role);
  item.append(make("span", "hidden", role === "user" ? "You: " : "Answer: "));
  const text = make("p", "text", content);
  item.append(text);
  if (ENDINGS[ending]) item.append(make("small", "", ENDINGS[ending]));
  messages.append(item);
  find("#welcome").hidden = true;
  item.scrollIntoView({ block: "end" });
  return text;
}

/** Follows the answer only while its reader is at the end anyway. */
export function appendText(text, piece) {
  const { scrollHeight, scrollTop, clientHeight } = elements.main;
  text.textContent += piece;
  if (scrollHeight - scrollTop - clientHeight < 80) text.scrollIntoView({ block: "end" });
}

export function clearMessages() {
  messages.replaceChildren();
  find("#welcome").hidden = false;
}

export function showSessions(list, currentId, { open, remove }) {
  const items = list.map((session) => {
    const item = make("li");
    const title = make("button", "plain", session.title);
    title.type = "button";
    if (session.id === currentId) title.setAttribute("aria-current", "true");
    title.addEventListener("click", () => open(session.id));
    const cross = make("button", "plain", "×");
    cross.type = "button";
    cross.setAttribute("aria-label", `Delete “${session.title}”`);
    cross.addEventListener("click", () => remove(session.id));
    item.append(title, cross);
    return item;
  });
  sessions.replaceChildren(...(items.length ? items : [make("li", "empty", "None yet")]));
}

export function showBusy(busy) {
  find("#send").hidden = busy;
  elements.stop.hidden = !busy;
  document.body.classList.toggle("busy", busy);
}

/** Read out by screen readers, which would stumble over an answer that grows word by word. */
export function announce(text) {
  find("#status").textContent = text;
}

export function openSidebar(open) {
  sidebar.classList.toggle("open", open);
  elements.menu.setAttribute("aria-expanded", String(open));
}

let countdown;

/** Says what went wrong; the button comes alive when the server's waiting time is over. */
export function showNotice(error, retry) {
  clearInterval(countdown);
  const button = notice.querySelector("button");
  let seconds = error.retryAfterSeconds ?? 0;
  const tick = () => {
    button.disabled = seconds > 0;
    button.textContent = seconds > 0 ? `Try again in ${seconds} s` : "Try again";
    if (seconds-- <= 0) clearInterval(countdown);
  };
  notice.querySelector("p").textContent = error.message;
  button.onclick = retry;
  notice.hidden = false;
  messages.lastElementChild?.scrollIntoView({ block: "end" });
  countdown = setInterval(tick, 1000);
  tick();
}

export function hideNotice() {
  clearInterval(countdown);
  notice.hidden = true;
}

export function save(blob, name) {
  const link = make("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}
