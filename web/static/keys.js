// The keys / j k o ?, and times in the reader's zone. Everything can be done and read without.
"use strict";
(() => {
  const items = () => Array.from(document.querySelectorAll("[data-item]"));
  const at = () => items().findIndex((item) => item.classList.contains("here"));
  const go = (step) => {
    const all = items();
    if (!all.length) return;
    const now = at();
    const next = now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + step));
    all.forEach((item) => item.classList.remove("here"));
    const item = all[next];
    item.classList.add("here");
    const link = item.querySelector("a[href]");
    if (link) link.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  };
  const kept = (name) => {
    try { return window.localStorage.getItem(name); } catch { return null; }
  };
  let off = kept("keys") === "off";

  // A switch for readers whose speech input or habit gets in the way of keys without a modifier.
  const box = document.getElementById("keys-off");
  if (box) {
    box.checked = off;
    box.disabled = false;
    box.addEventListener("change", () => {
      off = box.checked;
      try { window.localStorage.setItem("keys", off ? "off" : "on"); } catch { /* It holds for this page. */ }
    });
  }

  // Moments are shown in the reader's zone; days stay those of UTC, by which lists are filtered.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && zone !== "UTC") {
    const shown = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });
    document.querySelectorAll("time[data-moment]").forEach((time) => {
      const moment = new Date(time.dateTime);
      if (Number.isNaN(moment.getTime())) return;
      time.title = time.textContent;
      time.textContent = shown.format(moment);
    });
    const word = document.getElementById("zone");
    if (word) word.textContent = `Days are those of UTC, times those of ${zone.replaceAll("_", " ")}.`;
  }

  document.addEventListener("keydown", (event) => {
    if (off || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target;
    if (target instanceof Element && target.closest("input, select, textarea, [contenteditable]")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    if (event.key === "/") {
      const search = document.getElementById("search");
      search.focus();
      search.select();
    } else if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "o") {
      const item = items()[at()];
      const link = item && item.querySelector("a[href]");
      if (!link) return;
      link.click();
    } else if (event.key === "?") window.location.assign("/help");
    else return;
    event.preventDefault();
  });
})();
