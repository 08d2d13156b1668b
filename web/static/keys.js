// The keys / j k o ?. Everything that they do can be done without them.
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
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
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
