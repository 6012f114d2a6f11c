// Only enhances: every page works without this file. Each part looks for its own elements and stands alone.

const OFTEN = 15_000; // to look at the clock, not to ask
const SELDOM = 300_000; // to ask though nothing was to change
const SHOWN = 3_000;

/** A text without accents and capitals, as people type in a hurry. */
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/’/g, "'").toLowerCase();

// What is wrong in a form is read first.
document.querySelector("main > .p-errors")?.focus();

// Tables that become blocks on a narrow screen stay tables for screen readers.
const ROLES = { thead: "rowgroup", tbody: "rowgroup", tr: "row", td: "cell", "thead th": "columnheader", "tbody th": "rowheader" };
for (const table of document.querySelectorAll(".p-table--stacks")) {
  table.setAttribute("role", "table");
  for (const [elements, role] of Object.entries(ROLES)) {
    for (const element of table.querySelectorAll(elements)) element.setAttribute("role", role);
  }
}

// Find in a table: rows without what is typed leave the screen, not the paper; a group's heading counts for its rows.
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
      const left = rows.filter(({ text }) => words.every((word) => text.includes(word) || group.includes(word)));
      for (const each of rows) each.row.classList.toggle("is-left-out", !left.includes(each));
      body.classList.toggle("is-left-out", left.length === 0);
      shown += left.length;
    }
    count.textContent = count.dataset.sentence.replace("{count}", shown);
  });
  finder.classList.add("is-ready");
}

// Copy the address of a feed. Browsers allow it on secure pages only, and may still refuse: then there is no button.
for (const button of navigator.clipboard ? document.querySelectorAll("[data-copies]") : []) {
  const told = document.createElement("span");
  let timer;
  told.setAttribute("role", "status");
  button.after(told);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copies);
      told.textContent = button.dataset.done;
    } catch {
      button.classList.remove("is-ready");
    }
    clearTimeout(timer);
    timer = setTimeout(() => (told.textContent = ""), SHOWN);
  });
  button.classList.add("is-ready");
}

// Open or closed now: asked again once it has changed. A page that cannot ask says nothing rather than what is past.
// That every open page asks in one second is no burden: the answer is one page, made once and kept.
const states = [...document.querySelectorAll(".p-now[data-until]")];
const parts = [...document.querySelectorAll("[data-today]")]; // what else of this page is right today alone
let ahead = 0; // by how much this machine's clock is ahead of the portal's, in milliseconds
let asked = Date.now();

const isPast = (state) => Date.parse(state.dataset.until) <= Date.now() - ahead;

async function refresh() {
  // Staff may close a line at any time.
  if (document.hidden || !(states.some(isPast) || Date.now() - asked > SELDOM)) return;
  try {
    asked = Date.now();
    const answer = await fetch(parts.length ? location.href : states[0].dataset.source, { cache: "no-cache" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // A copy that outlives its database says so, and knows no more than we do.
    if (!answer.ok || page.querySelector(".p-banner--stale")) throw new Error("no fresh answer");
    // A cache on the way says since when it has the answer.
    ahead = Date.now() - Date.parse(answer.headers.get("Date")) - 1000 * (answer.headers.get("Age") ?? 0) || 0;
    for (const state of states) {
      // One page may say it twice, with and without the names of its lines: the same place, else the first.
      const which = `.p-now[data-schedule="${state.dataset.schedule}"]`;
      const places = page.querySelectorAll(which);
      const now = places[[...document.querySelectorAll(which)].indexOf(state)] ?? places[0];
      if (!now) throw new Error("no such lines any more");
      state.dataset.until = now.dataset.until;
      state.hidden = false;
      // Said again only when it changed: a screen reader speaks it.
      if (state.textContent !== now.textContent) state.replaceChildren(...now.cloneNode(true).childNodes);
    }
    const fresh = page.querySelectorAll("[data-today]");
    for (const [number, part] of parts.entries()) {
      if (part.innerHTML !== fresh[number]?.innerHTML) part.replaceChildren(...(fresh[number]?.childNodes ?? []));
    }
  } catch {
    for (const state of states) state.hidden = isPast(state);
  }
}

/** Looks again when the words cease to be right, to the second; and often, since a machine may sleep or be set right. */
function wait() {
  const left = Math.min(...states.map((state) => Date.parse(state.dataset.until))) - Date.now() + ahead;
  setTimeout(() => refresh().finally(wait), left > 0 ? Math.min(left, OFTEN) : OFTEN);
}

if (states.length) {
  wait();
  // A tab that slept, or lost the network, may have missed it.
  for (const event of ["visibilitychange", "pageshow", "online"]) addEventListener(event, refresh, true);
}
