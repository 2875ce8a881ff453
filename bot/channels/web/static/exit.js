// The way out. It stands alone, in the oldest dialect, so that it works where the rest of the page does not,
// and it waits for nobody: the screen is empty before anything is sent.
(function () {
  "use strict";
  var root = document.documentElement;
  var TWICE = 1000; // ms between two presses of Escape
  var escaped = -Infinity; // when Escape was pressed last
  var others = "BroadcastChannel" in window ? new BroadcastChannel("leave") : null;
  var leaving = false;

  function attempt(deed) {
    try { deed(); } catch (error) { /* the way out goes on */ }
  }

  function leave() {
    if (leaving) return;
    leaving = true;
    attempt(function () { document.body.textContent = ""; });
    attempt(function () { sessionStorage.clear(); localStorage.clear(); });
    // The server expires it together with its own cookie; if the server is down, the next visit does.
    attempt(function () { document.cookie = "left=1; path=/; samesite=strict"; });
    attempt(function () {
      if ("fetch" in window && "keepalive" in Request.prototype) {
        fetch("/leave", { method: "POST", keepalive: true }).catch(function () {});
      } else {
        navigator.sendBeacon("/leave");
      }
    });
    attempt(function () { others.postMessage("leave"); });
    location.replace(root.getAttribute("data-exit"));
  }

  if (others) others.onmessage = leave;
  document.addEventListener("click", function (event) {
    var link = event.target && event.target.closest ? event.target.closest("#exit") : null;
    if (!link) return;
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || event.isComposing || event.repeat) return;
    if (event.timeStamp - escaped < TWICE) leave();
    escaped = event.timeStamp;
  }, true);
  // A page that a browser kept in memory is never shown again as it was.
  window.addEventListener("pageshow", function (event) { if (event.persisted) location.reload(); });
})();
