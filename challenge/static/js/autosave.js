// A form with data-autosave is kept while it is filled in: the whole form goes to its own address, one request at a
// time; the answer says when it was saved or what stands in its way. The form's buttons work as without this.
import { icon } from "./words.js";

function start(form) {
  const told = form.querySelector("[data-saved]");
  let timer = 0, sending = false, waiting = false;

  const tell = (text, name) => told?.replaceChildren(...(name ? [icon(name), " "] : []), text);

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(send, pause);
  }

  async function send() {
    waiting = sending;
    if (sending) return;
    sending = true;
    let again = 0;
    tell(told?.dataset.saving);
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
      });
      const said = await answer.json();
      const faults = said.faults ?? {};
      for (const field of form.elements) {
        if (field.name in faults) field.setAttribute("aria-invalid", "true");
        else field.removeAttribute("aria-invalid");
      }
      tell(answer.ok ? said.saved : Object.values(faults)[0] ?? said.message, answer.ok ? "check" : "warn");
      if (answer.status >= 500) again = 5000;
    } catch {
      tell(told?.dataset.lost, "warn");
      again = 5000;
    }
    sending = false;
    if (waiting || again) later(again);
  }

  form.addEventListener("input", () => later(700));
  form.addEventListener("change", () => later(0));
  form.addEventListener("submit", () => clearTimeout(timer));
  // On a slow line one types before this script is there.
  const early = [...form.querySelectorAll("input:not([type=hidden]), textarea")];
  if (early.some((each) => each.value !== each.defaultValue || each.checked !== each.defaultChecked)) later(0);
  // The lock is asked about here in a dialog (data-confirm), so the server need not ask once more.
  const sure = form.elements.sure;
  if (sure) sure.value = "1";
}

document.querySelectorAll("form[data-autosave]").forEach(start);
