// What the page does by itself: listen for changes, keep drafts, local times, keys, counts in the title.
// Holds no words of a person; what the operator has not sent is kept on the server, sealed, and nowhere here.
"use strict";
(() => {
  const body = document.body;
  const account = body.dataset.account;
  const conversation = body.dataset.conversation || "";
  const claim = body.dataset.claim || "";
  const title = document.title;
  const find = (selector) => document.querySelector(selector);

  // Drafts and the sign that somebody writes, for the claim this page was loaded under.
  const DRAFT = 700; // ms of rest after which a draft is kept
  const TYPING = 4000; // ms between two signs that the operator writes
  const timers = new Map();
  let typed = 0;
  function post(what, fields) {
    const form = new URLSearchParams({ token: find("[name=token]").value, claim, ...fields });
    return fetch(`/conversations/${encodeURIComponent(conversation)}/${what}`, { method: "POST", body: form, keepalive: true });
  }
  let kept = Promise.resolve(); // one draft after the other, lest an older one comes last
  function keepDraft(field) {
    clearTimeout(timers.get(field));
    timers.delete(field);
    kept = kept.then(() => post("draft", { field: field.dataset.draft, words: field.value })).catch(() => {});
  }
  function keepDrafts() {
    for (const field of document.querySelectorAll("[data-draft]")) {
      field.addEventListener("input", () => {
        clearTimeout(timers.get(field));
        timers.set(field, setTimeout(keepDraft, DRAFT, field));
        if (!("typing" in field.dataset) || !field.value || Date.now() - typed < TYPING) return;
        typed = Date.now();
        post("typing", {}).catch(() => {});
      });
    }
    addEventListener("pagehide", () => [...timers.keys()].forEach(keepDraft));
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
    keepDraft(field);
    field.focus();
  });

  // A line that was taken back comes into the box again, to be mended, if nothing else stands there.
  body.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.target.closest("[data-takes-back]");
    if (!form) return;
    const said = form.closest("li").querySelector(".said .words:not(.yours)")?.textContent || "";
    // Listened for on the form itself: the transcript may be another by then, and the form no longer in it.
    form.addEventListener("htmx:afterRequest", (done) => {
      const box = find("#reply");
      if (!said || !done.detail.successful || !box || box.value) return;
      box.value = said;
      box.dispatchEvent(new Event("input"));
      box.focus();
    }, { once: true });
  });
  // How long it can be taken back; then what became of it is looked at.
  let counting = 0;
  function countDown() {
    clearInterval(counting);
    const began = performance.now();
    const shown = [...document.querySelectorAll("[data-left]")];
    if (!shown.length) return;
    const step = () => {
      const passed = performance.now() - began;
      const left = shown.map((element) => Math.ceil((Number(element.dataset.left) - passed) / 1000));
      shown.forEach((element, at) => { element.textContent = left[at] > 0 ? `${left[at]} s` : ""; });
      if (Math.max(...left) > 0) return;
      clearInterval(counting);
      setTimeout(() => htmx.trigger(body, "conversation"), 700);
    };
    counting = setInterval(step, 250);
    step();
  }

  // Pictures are blurred until somebody wants to see them, and stay as they are when the transcript changes.
  body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-unveil]");
    if (!button) return;
    const veiled = button.closest("figure").classList.toggle("veiled");
    button.setAttribute("aria-pressed", String(!veiled));
  });
  body.addEventListener("error", (event) => {
    if (event.target.matches?.("figure img")) event.target.closest("figure").classList.add("torn");
  }, true);

  // The person is at the keys, as far as their channel tells.
  let writes = 0;
  function personWrites() {
    const shown = find("#writing");
    if (!shown) return;
    shown.textContent = shown.dataset.writing;
    clearTimeout(writes);
    writes = setTimeout(() => { shown.textContent = ""; }, 6000);
  }

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
    if (heard && now > heard) {
      say(lines.dataset.new);
      find("#writing").textContent = "";
    }
    heard = now;
    toEnd();
    if (focused && document.activeElement === body) lines.focus();
    countDown();
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
      if (event.data.startsWith("writing:")) return personWrites();
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
  const FIELDS = { r: "#reply", "/": "#q", m: "#note", t: "#lines" };
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
    else if (FIELDS[event.key] && find(FIELDS[event.key])) {
      event.preventDefault();
      find(FIELDS[event.key]).focus();
    }
  });
  const choice = find("#keys");
  if (choice) {
    choice.checked = !localStorage.getItem(KEYS);
    choice.addEventListener("change", () => {
      if (choice.checked) localStorage.removeItem(KEYS);
      else localStorage.setItem(KEYS, "1");
    });
  }

  if (claim) keepDrafts();
  localTimes(document);
  counts();
  transcript();
  document.fonts.ready.then(toEnd);
  if (account && find("#rows, #lines, #supervision")) listen();
})();
