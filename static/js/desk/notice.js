/* A notice: kept for its writer while they type, and shown as its readers will see it. */
import { keepDraft } from "./draft.js";

const PAUSE = 800;

export function helpWithNotice(form) {
  let waiting, asked;

  /* The last question counts: an older one is given up. */
  async function show() {
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    try {
      const answer = await fetch(form.dataset.preview, { method: "post", body: new FormData(form), signal });
      if (!answer.ok || answer.redirected) return;
      document.dispatchEvent(new Event("desk:sent"));
      const { shown, errors } = await answer.json();
      for (const place of form.querySelectorAll(".d-preview")) fill(place, shown[place.lang.slice(0, 2)], errors);
    } catch { /* the next key asks again */ }
  }

  function fill(place, shown, errors) {
    place.hidden = !shown && errors.length === 0;
    if (shown) {
      /* Our own server rendered and cleaned both: they are the very page and the very item. */
      const item = shown.item === null ? [] : [words("h3", place.dataset.item), box(shown.item, shown.title)];
      place.replaceChildren(words("h3", place.dataset.page), box(shown.main), ...item);
    } else {
      place.replaceChildren(words("p", [place.dataset.unreadable, ...errors].join(" ")));
    }
  }

  function words(name, text) {
    const element = document.createElement(name);
    element.lang = document.documentElement.lang;
    element.textContent = text;
    return element;
  }

  function box(html, title) {
    const element = document.createElement("div");
    element.className = "d-shown";
    element.innerHTML = html;
    if (title) {
      const line = document.createElement("p");
      line.textContent = title;
      element.prepend(line);
    }
    return element;
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE);
  });
  keepDraft(form);
}
