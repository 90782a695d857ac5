// A requirement is saved while it is typed, and the signs in it are shown anew. Without a script the button saves.
const PAUSE = 1500;
const PATIENCE = 10_000;
const form = document.querySelector("[data-need]");
const said = form.querySelector("[data-said]");
let timer = 0;
let sending = false;
let changed = false;
let pressed; // the button that waits until what is under way has arrived

function later() {
  changed = true;
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
}

async function save() {
  if (sending) return later();
  sending = true;
  changed = false;
  try {
    const body = new FormData(form);
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetch(form.dataset.need, { method: "POST", body, credentials: "same-origin", signal });
    const news = await answer.json();
    said.textContent = news.said ?? form.dataset.lost;
    if (answer.ok) {
      form.elements.seen.value = news.seen;
      form.querySelector("[data-hints]").innerHTML = news.hints;
    }
  } catch {
    said.textContent = form.dataset.lost; // the line is down, or somebody signed out: the next word tries again
  } finally {
    sending = false;
  }
  if (pressed !== undefined) form.requestSubmit(pressed);
  else if (changed) later();
}

form.addEventListener("input", later);
form.addEventListener("click", (event) => {
  if (event.target.closest("[data-remove]")) later();
});
// The button says it all. What is under way arrives first, or the page would find itself changed meanwhile.
form.addEventListener("submit", (event) => {
  clearTimeout(timer);
  if (!sending) return;
  event.preventDefault();
  pressed = event.submitter;
});
