// A form with data-autosave is kept while it is filled in: what changed is sent to the form's own address, one
// request at a time, and the answer says when it was saved or what stands in its way. The buttons still work.
import { icon } from "./words.js";

const PAUSE = 700;
const AGAIN = 5000;

function start(form) {
  const told = form.querySelector("[data-saved]");
  let timer = 0, sending = false, waiting = false, leaving = false;

  function tell(text, name) {
    if (told) told.replaceChildren(...(name ? [icon(name)] : []), text);
  }

  function mark(faults) {
    for (const old of form.querySelectorAll("[data-fault]")) old.remove();
    for (const field of form.querySelectorAll("[data-wrong]")) {
      field.removeAttribute("data-wrong");
      field.removeAttribute("aria-invalid");
    }
    for (const [name, text] of Object.entries(faults ?? {})) {
      const field = form.querySelector(`[name="${CSS.escape(name)}"]`);
      const place = field?.closest("[data-crit], .field");
      if (!place) continue;
      const line = document.createElement("p");
      const words = document.createElement("span");
      line.className = "err";
      line.dataset.fault = "";
      words.textContent = text;
      line.append(icon("warn"), words);
      field.dataset.wrong = "";
      field.setAttribute("aria-invalid", "true");
      (field.closest(".score, .score-number") ?? field).after(line);
    }
  }

  async function send() {
    if (sending) {
      waiting = true;
      return;
    }
    sending = true;
    waiting = false;
    tell(told?.dataset.saving ?? "");
    let pause = 0;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
      });
      const said = await answer.json();
      mark(said.faults);
      if (answer.ok) tell(said.saved, "check");
      else tell(said.message, "warn");
      if (answer.status >= 500) pause = AGAIN;
    } catch {
      tell(told?.dataset.lost ?? "", "warn");
      pause = AGAIN;
    }
    sending = false;
    if (!leaving && (waiting || pause)) later(pause || PAUSE);
  }

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(send, pause);
  }

  form.addEventListener("input", () => later(PAUSE));
  form.addEventListener("change", () => later(0));
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  // The question before the lock is asked here in a dialog (data-confirm), so the server need not ask it again.
  const sure = form.elements.namedItem("sure");
  if (sure) sure.value = "1";
}

for (const form of document.querySelectorAll("form[data-autosave]")) start(form);
