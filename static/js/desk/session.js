/* A warning before the session ends, and a way to go on; what is on the page stays. */
const WARNING = 120_000;

export function watchSession(words) {
  const dialog = document.getElementById("session-ends");
  const idle = Number(words.dataset.idleMinutes) * 60_000;
  const last = Date.parse(words.dataset.until);
  let end = Math.min(Date.now() + idle, last);

  function look() {
    const left = end - Date.now();
    if (left <= 0) {
      dialog.querySelector("[data-ends]").textContent = dialog.dataset.over;
      dialog.querySelector("button").hidden = true;
    } else {
      dialog.querySelector("[data-ends]").textContent = dialog.dataset.ends.replace("{minutes}", Math.ceil(left / 60_000));
    }
    if (left <= WARNING && !dialog.open) dialog.showModal();
  }

  async function stay() {
    const answer = await fetch(dialog.dataset.stay, { redirect: "manual" });
    if (answer.ok) {
      end = Math.min(Date.now() + idle, last);
      dialog.close();
    } else {
      end = 0;
      look();
    }
  }

  dialog.querySelector("button").addEventListener("click", stay);
  /* Whatever the page sends by itself keeps the session too. */
  document.addEventListener("desk:sent", () => { end = Math.min(Date.now() + idle, last); });
  setInterval(look, 5_000);
}
