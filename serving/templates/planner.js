// The page works without this. With it, a change asks again at once and only the answer is replaced.
"use strict";
(() => {
  const PAUSE = 350; // milliseconds without a keystroke before a change counts
  const byId = (id) => document.getElementById(id);
  const form = byId("ask");
  let running = null;
  let waiting = 0;

  const wide = matchMedia("(min-width: 60rem)");
  if (wide.matches) byId("limits").open = byId("persons").open = true;

  // What the form would send, blanks left out.
  function query(button) {
    const pairs = [...new FormData(form)].filter(([, value]) => value.trim() !== "");
    if (button && button.name) pairs.push([button.name, button.value]);
    return new URLSearchParams(pairs).toString();
  }

  function parsed(text) {
    return new DOMParser().parseFromString(text, "text/html");
  }

  function busy(is) {
    for (const id of ["result", "curve", "misses"]) {
      const part = byId(id);
      if (part) part.setAttribute("aria-busy", String(is));
    }
  }

  // Fields take what the answer says of them, but for the one that is being written in.
  function settle(page) {
    for (const field of form.elements) {
      const told = field.id && page.getElementById(field.id);
      if (!told || !("value" in told)) continue;
      if (told.hasAttribute("aria-invalid")) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
      if (field !== document.activeElement && field.tagName !== "BUTTON") field.value = told.value;
    }
  }

  function swap(page) {
    const focused = document.activeElement;
    const held = focused && focused.id;
    const wasTyped = focused && focused.tagName === "INPUT" ? focused.value : null;
    for (const part of page.querySelectorAll("[data-live]")) {
      const here = byId(part.id);
      if (here) here.replaceWith(document.adoptNode(part));
    }
    const words = page.querySelector("h1");
    if (words) document.querySelector("h1").textContent = words.textContent;
    document.title = page.title;
    const around = byId("answer").querySelectorAll("#curve, #misses, #around");
    const place = page.getElementById("around");
    if (place) {
      byId("more").before(document.adoptNode(place));
    }
    around.forEach((part) => part.remove());
    byId("status").textContent = page.getElementById("status").textContent;
    settle(page);
    for (const id of ["limits", "persons"]) {
      if (page.getElementById(id).open) byId(id).open = true;
    }
    if (held && document.activeElement !== byId(held)) {
      const again = byId(held) || byId("status");
      if (wasTyped !== null && "value" in again) again.value = wasTyped;
      again.focus({ preventScroll: true });
    }
  }

  async function ask(path, signal) {
    const answer = await fetch(path, { signal, credentials: "same-origin" });
    if (answer.status === 401) location.reload();
    return [await answer.text(), new URL(answer.url), answer];
  }

  async function update(asked, isStep) {
    if (document.readyState === "loading") {
      location.assign("/?" + asked); // the first page is still on its way
      return;
    }
    clearTimeout(waiting);
    if (running) running.abort();
    running = new AbortController();
    const { signal } = running;
    busy(true);
    try {
      const [text, at] = await ask("/plan?" + asked, signal);
      const page = parsed(text);
      if (!page.getElementById("result")) {
        location.assign("/?" + asked);
        return;
      }
      swap(page);
      const address = "/" + at.search;
      if (address !== location.pathname + location.search) {
        history[isStep ? "pushState" : "replaceState"](null, "", address);
      }
      busy(false);
      for (const part of ["curve", "misses"]) {
        const place = byId("around-" + part);
        if (!place) break;
        const [told, , answer] = await ask("/" + part + at.search, signal);
        const found = answer.ok && parsed(told).getElementById(part);
        if (found) place.replaceWith(document.adoptNode(found));
        else place.remove();
      }
    } catch (error) {
      if (error.name === "AbortError") return;
      location.assign("/?" + asked); // the browser says what is wrong with the connection
    }
  }

  form.addEventListener("input", (event) => {
    if (["creator", "who", "why"].includes(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => update(query(), false), PAUSE);
  });
  form.addEventListener("change", (event) => {
    if (["creator", "who", "why"].includes(event.target.name)) return;
    if (event.target.name === "campaign") {
      location.assign("/?" + new URLSearchParams(
        [["campaign", event.target.value], ...(form.elements.lang ? [["lang", form.elements.lang.value]] : [])],
      ));
      return;
    }
    update(query(), false);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    update(query(button), Boolean(button && button.name));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-plan]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    update(new URL(link.href).search.slice(1), true);
  });
  addEventListener("popstate", () => location.reload());
})();
