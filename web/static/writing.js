// Review by keys, and a query that is tried while it is written. Both can be done by buttons as well.
"use strict";
(() => {
  const typing = (target) =>
    target instanceof Element && target.closest("input, select, textarea, [contenteditable]");
  const off = () => {
    try { return window.localStorage.getItem("keys") === "off"; } catch { return false; }
  };
  let sent = false;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (off() || typing(event.target)) return;
    if (event.key === "e") {
      const edit = document.querySelector("details[data-edit]");
      if (!edit) return;
      edit.open = true;
      edit.querySelector("input:not([type=hidden]), select, textarea").focus();
      event.preventDefault();
      return;
    }
    const button = /^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
    if (!button || sent) return;
    // One key is one word, however long the answer takes.
    sent = true;
    event.preventDefault();
    button.click();
  });
  window.addEventListener("pageshow", () => { sent = false; });

  const form = document.querySelector("form[data-preview]");
  if (!form) return;
  const shown = document.getElementById("preview");
  const asked = () => {
    const given = new URLSearchParams();
    for (const name of ["query", "scope", "since"]) given.set(name, form.elements[name].value);
    if (form.dataset.before) given.set("before", form.dataset.before);
    return given.toString();
  };
  let last = asked();
  let timer = 0;
  let running = null;
  const show = async () => {
    const now = asked();
    if (now === last) return;
    last = now;
    if (running) running.abort();
    running = new AbortController();
    shown.classList.add("waiting");
    try {
      const answer = await fetch(`${form.dataset.preview}?${now}`, { signal: running.signal });
      const text = await answer.text();
      // Made by this site from a template that escapes what is in it.
      if (answer.ok) shown.innerHTML = text;
      shown.classList.remove("waiting");
    } catch (error) {
      if (error.name !== "AbortError") shown.classList.remove("waiting");
    }
  };
  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(show, 350);
  });
})();
