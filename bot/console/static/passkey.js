// Makes and uses passkeys. What the browser answers goes into the form's hidden field, and the form to the server.
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  function make(options) {
    const publicKey = {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: known(options.excludeCredentials),
    };
    return navigator.credentials.create({ publicKey });
  }
  function use(options) {
    const publicKey = {
      ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials),
    };
    return navigator.credentials.get({ publicKey });
  }
  // The answer as the server reads it (RegistrationResponseJSON and AuthenticationResponseJSON of WebAuthn).
  function plain(credential) {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  }

  async function run(room) {
    const form = room.closest("form");
    const asked = await fetch(room.dataset.options, { method: "POST", body: new FormData(form) });
    if (asked.redirected) return location.assign(asked.url);
    if (!asked.ok) throw new Error(String(asked.status));
    const credential = await (room.dataset.passkey === "create" ? make : use)(await asked.json());
    room.querySelector("[name=credential]").value = plain(credential);
    form.submit(); // past the checks of the fields for the other way
  }
  function offer(room) {
    const button = room.querySelector("button");
    const problem = room.querySelector("[role=alert]");
    const failed = () => {
      problem.textContent = room.dataset.failed;
      problem.hidden = false;
      button.disabled = false;
    };
    button.addEventListener("click", () => {
      const both = [...room.closest("form").querySelectorAll("[data-both]")];
      if (!both.every((field) => field.reportValidity())) return;
      problem.hidden = true;
      button.disabled = true;
      run(room).catch(failed);
    });
    room.hidden = false;
    for (const hint of document.querySelectorAll("[data-with-passkey]")) hint.hidden = false;
  }
  for (const room of document.querySelectorAll("[data-passkey]")) {
    if (window.PublicKeyCredential && room.dataset.origin === location.origin) offer(room);
  }
})();
