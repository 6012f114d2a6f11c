/* What the desk does more where script runs. Without it every form works but a passkey's: its page says so. */
import { helpWithDates } from "./desk/dates.js";
import { helpWithNotice } from "./desk/notice.js";
import { askPasskeys } from "./desk/passkey.js";
import { watchSession } from "./desk/session.js";

for (const form of document.querySelectorAll("[data-passkey]")) askPasskeys(form);
for (const words of document.querySelectorAll("[data-until]")) watchSession(words);
for (const form of document.querySelectorAll("[data-dates]")) helpWithDates(form);
for (const form of document.querySelectorAll("[data-notice]")) helpWithNotice(form);

/* A browser brings the line of the caret into the window, and leaves the rest of a text below its edge. */
document.addEventListener("focusin", ({ target }) => {
  if (target.matches("textarea")) target.scrollIntoView({ block: "nearest" });
});
