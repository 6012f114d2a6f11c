// Only enhances: every page works without this file. Each part looks for its own elements and stands alone.

const MINUTE = 60_000;
const LONGEST_TIMER = 2 ** 31 - 1;
const COPIED_SHOWN = 3_000;

/** A text without accents and capitals, as people type in a hurry. */
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/’/g, "'").toLowerCase();

// What is wrong in a form is read first.
document.querySelector("main > .p-errors")?.focus();

// Tables that become blocks on a narrow screen stay tables for screen readers.
const ROLES = { table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", td: "cell", "thead th": "columnheader", "tbody th": "rowheader" };
for (const table of document.querySelectorAll(".p-table--stacks")) {
  table.setAttribute("role", ROLES.table);
  for (const [elements, role] of Object.entries(ROLES)) {
    for (const element of table.querySelectorAll(elements)) element.setAttribute("role", role);
  }
}

// Find in a table: its rows without what is typed are hidden; the headings of a group count for each of its rows.
for (const finder of document.querySelectorAll("[data-finds-in]")) {
  const count = finder.querySelector("[data-sentence]");
  const bodies = [...document.getElementById(finder.dataset.findsIn).tBodies].map((body) => ({
    body,
    group: folded(body.querySelector("[scope=rowgroup]")?.textContent ?? ""),
    rows: [...body.querySelectorAll(".p-table__row")].map((row) => ({ row, text: folded(row.textContent) })),
  }));
  finder.addEventListener("input", ({ target }) => {
    const words = folded(target.value).split(/\s+/);
    let shown = 0;
    for (const { body, group, rows } of bodies) {
      for (const { row, text } of rows) row.hidden = !words.every((word) => text.includes(word) || group.includes(word));
      const left = rows.filter(({ row }) => !row.hidden).length;
      body.hidden = left === 0;
      shown += left;
    }
    count.textContent = count.dataset.sentence.replace("{count}", shown);
  });
  finder.classList.add("is-ready");
}

// Copy the address of a feed. Browsers allow it on secure pages only; elsewhere the button stays unseen.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copies]")) {
    const told = document.createElement("span");
    told.setAttribute("role", "status");
    button.after(told);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copies);
      told.textContent = button.dataset.done;
      setTimeout(() => (told.textContent = ""), COPIED_SHOWN);
    });
    button.classList.add("is-ready");
  }
}

// Open or closed now: asked again when it changes. A page that cannot ask says nothing rather than what is past.
const states = [...document.querySelectorAll(".p-now[data-until]")];
let timer;

function isPast(state) {
  return Date.parse(state.dataset.until) <= Date.now();
}

function wait(atLeast) {
  clearTimeout(timer);
  const next = Math.min(...states.map((state) => Date.parse(state.dataset.until))) - Date.now();
  timer = setTimeout(refresh, Math.min(Math.max(next, atLeast), LONGEST_TIMER));
}

async function refresh() {
  try {
    const answer = await fetch(states[0].dataset.source, { cache: "no-cache" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector(".p-now[data-until]");
    for (const state of states) {
      state.replaceChildren(...now.cloneNode(true).childNodes);
      state.dataset.until = now.dataset.until;
      state.hidden = false;
    }
  } catch {
    for (const state of states) state.hidden = isPast(state);
  }
  wait(MINUTE);
}

if (states.length) {
  wait(0);
  // A tab that slept missed its timer.
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && states.some(isPast) && refresh());
}
