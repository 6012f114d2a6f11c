/* The table of dates: what may be a slip is told while one types, a spreadsheet is pasted into it, a draft is kept. */
import { keepDraft } from "./draft.js";

const PAUSE = 400;

export function helpWithDates(form) {
  const fields = [...form.querySelectorAll("input[name^='date-']")];
  const others = document.getElementById("others");
  let asked = 0;

  /* Answers may come in another order than they were asked for: the last question counts. */
  async function ask(more = {}) {
    const number = ++asked;
    const sent = new FormData(form);
    sent.delete("pasted");
    sent.delete("file");
    for (const [name, text] of Object.entries(more)) sent.set(name, text);
    const answer = await fetch(form.dataset.dates, { method: "post", body: sent });
    if (!answer.ok || answer.redirected || number !== asked) return null;
    document.dispatchEvent(new Event("desk:sent"));
    const told = await answer.json();
    for (const [row, { errors, questions }] of Object.entries(told.rows)) tell(row, errors, questions);
    tellAll(told.told);
    return told;
  }

  function tell(row, errors, questions) {
    const place = document.getElementById(`words-${row}`);
    const lines = [...errors.map((words) => line("p-field__error", words)), ...questions.map((words) => line("d-asked", words))];
    if (place.textContent !== lines.map((each) => each.textContent).join("")) place.replaceChildren(...lines);
    place.closest("tr").classList.toggle("d-row--wrong", errors.length > 0);
    form.elements[`date-${row}`].toggleAttribute("aria-invalid", errors.length > 0);
  }

  function tellAll(sentences) {
    const place = form.querySelector("[data-told]");
    place.replaceChildren(...sentences.map((words) => line("d-asked", words)));
  }

  function line(kind, words) {
    const made = document.createElement("span");
    made.className = kind;
    made.textContent = words;
    return made;
  }

  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });

  form.addEventListener("keydown", (event) => {
    const place = fields.indexOf(event.target);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (place < 0 || !step) return;
    fields[place + step]?.focus();
    fields[place + step]?.select();
    event.preventDefault();
  });

  /* The server reads it, as it reads a file: several lines, or several cells, are no date. */
  form.addEventListener("paste", async (event) => {
    if (!fields.includes(event.target)) return;
    const text = event.clipboardData.getData("text/plain");
    if (!/\n|\t/.test(text.trim())) return;
    event.preventDefault();
    clearTimeout(waiting);
    const told = await ask({ pasted: text, from: event.target.name.replace("date-", "") });
    if (told === null) return;
    for (const [row, { fields: said }] of Object.entries(told.rows)) fill(row, said);
    form.dispatchEvent(new Event("change"));
  });

  function fill(row, said) {
    for (const [name, text] of Object.entries(said)) {
      const field = form.elements[`${name}-${row}`];
      if (field.value === text) continue;
      field.value = text;
      if (name !== "date") field.closest("details").open = true;
    }
  }

  keepDraft(form, ({ others: names }) => {
    others.textContent = names.length ? others.dataset.words.replace("{names}", names.join("; ")) : "";
  });
}
