// The conversation: what the person writes goes out one by one, each with its own id, and is kept here until the
// server says it has it; what is said comes in as events. Words are put into the page as text, never as markup.
import { guess, parts, uuid, wellFormed } from "./words.js";

const root = document.documentElement;
const texts = document.body.dataset;
const [scroll, log, offline, form, box, language] = ["scroll", "log", "offline", "form", "text", "language"].map(
  (id) => document.getElementById(id),
);

const PATIENCE = 20000; // ms a message may take
const LATEST = 30000; // ms, the longest pause between two tries
const HUSH = 4000; // ms without a connection before the page says so
const TYPING = 6000; // ms for which "…" is shown
const KEYS = 3000; // ms between two signs that the person is writing

const waiting = []; // messages not yet with the server, in order
const shown = new Map(); // id of a message → its bubble
const seen = new Set(); // ids of events
let last = ""; // id of the newest event
let open = texts.resumes === "yes"; // whether there is a conversation
let events = null;
let busy = false;
let tries = 0;
let timer = 0;
let alarm = 0;

// --- what is seen

let atEnd = true;

function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
}

scroll.addEventListener("scroll", () => {
  atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;
});
// A keyboard, a longer text or the line about the connection takes room from the conversation.
new ResizeObserver(() => atEnd && toEnd()).observe(scroll);

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

function bubble({ author, text, lang, about, buttons = [], audio = "" }) {
  const follow = author === "person" || atEnd;
  const made = element("article", `bubble ${author}`);
  made.append(element("span", "unseen", author === "person" ? texts.you : texts.we));
  const words = element("p", "words");
  for (const [part, number] of parts(text)) words.append(number ? element("span", "number", part) : part);
  words.dir = "auto";
  words.lang = guess(text, lang || root.lang);
  made.append(audio ? player(audio) : words);
  if (buttons.length) made.append(choices(buttons, words.lang));
  log.append(made);
  if (dots) log.append(dots);
  if (about) shown.set(about, made);
  if (follow) toEnd();
  return made;
}

function player(address) {
  const made = element("audio", "words");
  made.controls = true;
  made.preload = "none";
  made.src = address;
  return made;
}

function choices(buttons, lang) {
  const made = element("div", "buttons");
  for (const { title, data } of buttons) {
    const button = element("button", "", title);
    button.type = "button";
    button.dataset.press = data;
    button.dir = "auto";
    button.lang = guess(title, lang);
    made.append(button);
  }
  return made;
}

function mark(item, state, text = "") {
  if (!item.bubble) return;
  item.bubble.dataset.state = state;
  const old = item.bubble.querySelector(".again");
  if (old) old.remove();
  if (!text) return;
  const again = element("button", "again", text);
  again.type = "button";
  again.addEventListener("click", () => retry(item));
  item.bubble.append(again);
  toEnd();
}

function connected(yes) {
  clearTimeout(alarm);
  alarm = 0;
  if (yes) offline.hidden = true;
  else alarm = setTimeout(() => (offline.hidden = false), HUSH);
}

// --- what goes out

function say(kind, text, title = "", quiet = false) {
  const item = { id: uuid(), kind, text, title, bubble: null, then: null };
  const visible = kind === "text" ? text : title;
  if (visible && !quiet) {
    item.bubble = bubble({ author: "person", text: visible, about: item.id });
    mark(item, "sending");
  }
  waiting.push(item);
  send();
  return item;
}

function retry(item) {
  if (!waiting.includes(item)) waiting.push(item);
  mark(item, "sending");
  send();
}

async function send() {
  clearTimeout(timer);
  if (busy) return;
  busy = true;
  while (waiting.length) {
    const item = waiting[0];
    const { status, pause } = await post(item);
    if (waiting[0] !== item) continue; // hidden or erased meanwhile
    if (status === 202) {
      kept(item);
    } else if (status === 0 || status === 429 || status >= 500) {
      later(status, pause);
      break;
    } else {
      waiting.shift();
      mark(item, "refused", status === 413 ? texts.tooLong : texts.notSent);
    }
  }
  busy = false;
}

async function post({ id, kind, text, title }) {
  const body = JSON.stringify({ id, kind, text, title, locale: language.value });
  const limit = new AbortController();
  const end = setTimeout(() => limit.abort(), PATIENCE);
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch("/messages", { method: "POST", headers, body, signal: limit.signal });
    return { status: answer.status, pause: 1000 * Number(answer.headers.get("Retry-After") || 0) };
  } catch (error) {
    return { status: 0, pause: 0 };
  } finally {
    clearTimeout(end);
  }
}

function kept(item) {
  waiting.shift();
  tries = 0;
  open = true;
  offline.hidden = true;
  mark(item, "sent");
  if (item.then) item.then();
  follow();
}

function later(status, pause) {
  tries += 1;
  for (const item of waiting) mark(item, "waiting", texts.notSent);
  if (status === 0) offline.hidden = false;
  timer = setTimeout(send, Math.max(pause, Math.min(LATEST, 1000 * 2 ** tries)));
}

// --- what comes in

function follow() {
  if (events || !open) return;
  events = new EventSource(`/events?after=${encodeURIComponent(last)}`);
  events.onopen = () => {
    connected(true);
    if (waiting.length) send();
  };
  events.onmessage = ({ data, lastEventId }) => {
    if (seen.has(lastEventId)) return;
    seen.add(lastEventId);
    last = lastEventId;
    hear(JSON.parse(data));
  };
  events.addEventListener("typing", typing);
  events.onerror = () => {
    if (!alarm) connected(false);
    if (events.readyState !== EventSource.CLOSED) return; // the browser connects again by itself
    events = null;
    setTimeout(follow, HUSH);
  };
}

// Somebody is writing: three dots below the last words, until the words come or time passes.
let dots = null;
let fading = 0;

function typing() {
  clearTimeout(fading);
  fading = setTimeout(still, TYPING);
  if (dots) return;
  dots = element("p", "bubble typing", "…");
  dots.setAttribute("aria-hidden", "true");
  log.append(dots);
  if (atEnd) toEnd();
}

function still() {
  dots?.remove();
  dots = null;
}

function hear(mail) {
  still();
  if (mail.deed === "forget") forget();
  else if (!mail.about || !shown.has(mail.about)) bubble(mail);
}

function forget() {
  still();
  log.replaceChildren();
  shown.clear();
  waiting.length = 0;
}

// --- language

async function adopt(locale) {
  language.value = locale;
  try {
    const answer = await fetch(`/?lang=${locale}`);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    root.lang = page.documentElement.lang;
    for (const fresh of page.querySelectorAll("[data-t]")) {
      const old = document.querySelector(`[data-t="${fresh.dataset.t}"]`);
      if (old) translate(old, fresh);
    }
    history.replaceState(null, "", `/?lang=${locale}`);
  } catch (error) {
    // The page stays as it is; the conversation changes its language all the same.
  }
}

function translate(old, fresh) {
  if (old === document.body) {
    for (const name of ["you", "we", "notSent", "tooLong"]) texts[name] = fresh.dataset[name];
    return;
  }
  if (fresh.hasAttribute("aria-label")) old.setAttribute("aria-label", fresh.getAttribute("aria-label"));
  if (fresh.placeholder) old.placeholder = fresh.placeholder;
  if (!fresh.children.length && fresh !== box) old.textContent = fresh.textContent;
}

language.addEventListener("change", () => {
  const locale = language.value;
  if (open || waiting.length) say("button", `language:${locale}`);
  adopt(locale);
});

// --- what the person does

function press(button) {
  const data = button.dataset.press;
  button.disabled = true;
  setTimeout(() => (button.disabled = false), 2000);
  const item = say("button", data, button.textContent.trim());
  if (data.startsWith("language:")) item.then = () => adopt(data.slice(9));
}

function submit() {
  const text = wellFormed(box.value).trim();
  if (!text) return;
  const tooLong = [...text].length > Number(texts.max);
  box.setCustomValidity(tooLong ? texts.tooLong : "");
  if (tooLong) {
    box.reportValidity();
    return;
  }
  box.value = "";
  grow();
  say("text", text);
  box.focus();
}

function grow() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
  box.lang = guess(box.value, root.lang);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-press]");
  if (button) press(button);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
let keys = 0;

function tellTyping() {
  if (!open || !box.value || Date.now() - keys < KEYS) return;
  keys = Date.now();
  fetch("/typing", { method: "POST" }).catch(() => {}); // nobody misses it
}

box.addEventListener("input", () => {
  box.setCustomValidity("");
  grow();
  tellTyping();
});
box.addEventListener("keydown", (event) => {
  // While a keyboard composes a character, Enter belongs to it.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  submit();
});
window.addEventListener("online", send);

follow();
