/* What is typed into a form is kept for its writer, while they type and when they leave. */
const PAUSE = 3_000;

export function keepDraft(form, onKept = () => {}) {
  const saved = form.querySelector("[data-saved]");
  let kept = typed();
  let waiting;

  function typed() {
    return new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string")).toString();
  }

  async function save() {
    const now = typed();
    if (now === kept) return;
    const answer = await fetch(form.dataset.draft, { method: "post", body: new URLSearchParams(now) }).catch(() => null);
    if (!answer?.ok || answer.redirected) {
      saved.textContent = saved.dataset.unsaved;
      return;
    }
    kept = now;
    document.dispatchEvent(new Event("desk:sent"));
    const told = await answer.json();
    saved.textContent = told.saved;
    onKept(told);
  }

  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, () => {
      clearTimeout(waiting);
      waiting = setTimeout(save, PAUSE);
    });
  }
  /* Another form gives the draft up, or signs out: nothing is sent after it. */
  document.addEventListener("submit", ({ target }) => {
    clearTimeout(waiting);
    if (target !== form) kept = typed();
  });
  addEventListener("pagehide", () => {
    clearTimeout(waiting);
    if (typed() !== kept) navigator.sendBeacon(form.dataset.draft, new URLSearchParams(typed()));
  });
}
