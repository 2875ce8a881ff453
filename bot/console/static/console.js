// What the page does by itself: listen for changes, keep drafts, local times, keys, counts in the title.
// Holds no words of a person but drafts, in this tab's sessionStorage, which go at sign-out.
"use strict";
(() => {
  const body = document.body;
  const account = body.dataset.account;
  const conversation = body.dataset.conversation || "";
  const title = document.title;
  const find = (selector) => document.querySelector(selector);

  // Drafts, by account and conversation; those of another account in the same tab are nobody's business.
  const PREFIX = "draft:";
  const key = (field) => `${PREFIX}${account}:${conversation}:${field.dataset.draft}`;
  function forgetDrafts(keep) {
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith(PREFIX) && !name.startsWith(keep)) sessionStorage.removeItem(name);
    }
  }
  function keepDrafts() {
    if (account) forgetDrafts(`${PREFIX}${account}:`);
    for (const field of document.querySelectorAll("[data-draft]")) {
      field.value = sessionStorage.getItem(key(field)) || field.value;
      field.addEventListener("input", () => {
        if (field.value) sessionStorage.setItem(key(field), field.value);
        else sessionStorage.removeItem(key(field));
      });
    }
    find("[data-sign-out]")?.addEventListener("submit", () => sessionStorage.clear());
  }
  // The server says "sent" once the words are kept. What was typed while they travelled stays.
  const sending = new WeakMap();
  body.addEventListener("htmx:beforeRequest", (event) => {
    const field = event.target.closest("[data-clears]")?.querySelector("textarea");
    if (field) sending.set(field, field.value);
    find("#alert").replaceChildren();
  });
  body.addEventListener("sent", (event) => {
    atEnd = true;
    const field = event.target.closest("[data-clears]")?.querySelector("textarea");
    if (!field) return;
    const sent = sending.get(field) || "";
    field.value = field.value.startsWith(sent) ? field.value.slice(sent.length) : field.value;
    field.dispatchEvent(new Event("input"));
    field.focus();
  });

  // Times in the operator's own zone.
  function localTimes(root) {
    for (const time of root.querySelectorAll("time")) {
      const at = new Date(time.dateTime);
      const today = at.toDateString() === new Date().toDateString();
      const day = today ? {} : { day: "numeric", month: "short" };
      time.textContent = at.toLocaleString(document.documentElement.lang, { ...day, hour: "2-digit", minute: "2-digit" });
      time.title = at.toLocaleString(document.documentElement.lang);
    }
  }

  // Counts in the title; what is new is said once to those who listen.
  let spoken = null;
  function say(text) {
    find("#spoken").textContent = text;
  }
  function counts() {
    const found = find("[data-count]");
    if (!found) return;
    const crises = Number(found.dataset.crises);
    const count = Number(found.dataset.count);
    document.title = `${crises ? "‼ " : ""}${count ? `(${count}) ` : ""}${title}`;
    if (spoken !== null && found.dataset.spoken !== spoken && found.dataset.spoken) say(found.dataset.spoken);
    spoken = found.dataset.spoken;
    const here = conversation && find(`[data-held="${CSS.escape(conversation)}"]`);
    if (here) here.setAttribute("aria-current", "page");
  }

  // The transcript stays at its end where the reader was there, and where they were otherwise.
  let atEnd = true;
  let focused = false;
  let heard = 0;
  const lines = find("#lines");
  const toEnd = () => { if (lines && atEnd) lines.scrollTop = lines.scrollHeight; };
  lines?.addEventListener("scroll", () => {
    atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 60;
  });
  function transcript() {
    if (!lines) return;
    const now = Number(lines.querySelector("[data-heard]")?.dataset.heard || 0);
    if (heard && now > heard) say(lines.dataset.new);
    heard = now;
    toEnd();
    if (focused && document.activeElement === body) lines.focus();
  }
  body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target === lines) focused = lines.contains(document.activeElement);
  });
  body.addEventListener("htmx:afterSettle", (event) => {
    localTimes(event.target);
    counts();
    if (event.target === lines) transcript();
  });

  // The stream carries ids; what changed is fetched. It comes back by itself, and then everything is looked at.
  function listen() {
    const status = find("#line");
    const stream = new EventSource(`/events${conversation ? `?conversation=${encodeURIComponent(conversation)}` : ""}`);
    stream.addEventListener("open", () => { status.textContent = ""; });
    stream.addEventListener("change", (event) => {
      if (event.data === "queue" || event.data === "all") htmx.trigger(body, "queue");
      if (event.data !== "queue") htmx.trigger(body, "conversation");
    });
    stream.addEventListener("out", () => { stream.close(); location.assign("/sign-in"); });
    stream.addEventListener("error", () => {
      status.textContent = status.dataset.lost;
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
    });
    addEventListener("pagehide", () => stream.close());
  }

  // Keys: one letter alone works only outside fields, and can be switched off in the account.
  const KEYS = "keys-off";
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  function move(step) {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)].focus();
  }
  addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest("form[data-clears]");
      if (form && form.reportValidity()) form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || localStorage.getItem(KEYS)) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "n") find("#next")?.click();
  });
  const choice = find("#keys");
  if (choice) {
    choice.checked = !localStorage.getItem(KEYS);
    choice.addEventListener("change", () => {
      if (choice.checked) localStorage.removeItem(KEYS);
      else localStorage.setItem(KEYS, "1");
    });
  }

  keepDrafts();
  localTimes(document);
  counts();
  transcript();
  document.fonts.ready.then(toEnd);
  if (account && find("#rows, #lines")) listen();
})();
