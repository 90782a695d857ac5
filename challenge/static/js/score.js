// Scoring by keyboard: digits score (1-9 and 0 for ten in a row of radios, any figure in a field), arrows go by steps,
// Enter leads to the next criterion, Ctrl+Enter presses the lock button and then confirms, Ctrl+Shift+Enter goes on
// without a lock, ? lists the keys. The running total is what is chosen now; empty is not zero.

/** A figure as the server reads it: full-width digits too, and a comma where it can be nothing but a point. */
function figure(text) {
  const plain = text.normalize("NFKC").trim().replace("。", ".");
  const read = /^[+-]?\d+,(\d{1,2}|\d{4,})$/.test(plain) ? plain.replace(",", ".") : plain;
  return /^[+-]?\d+(\.\d*)?$/.test(read) ? Number(read) : NaN;
}

function scoreOf(criterion) {
  const radio = criterion.querySelector("input[type=radio]:checked");
  const field = criterion.querySelector("input[data-step]");
  const text = radio?.value ?? field?.value ?? criterion.dataset.score ?? "";
  return text.trim() === "" ? null : figure(text);
}

function tally(form) {
  let total = 0, done = 0;
  for (const criterion of form.querySelectorAll("[data-crit]")) {
    const score = scoreOf(criterion);
    if (score === null || Number.isNaN(score)) continue;
    total += score * Number(criterion.dataset.weight);
    done += 1;
  }
  const shownTotal = form.querySelector("[data-total]");
  const shownDone = form.querySelector("[data-done]");
  // Steps of a half and weights in tenths: two places, without the noise of binary fractions.
  if (shownTotal) shownTotal.textContent = String(Math.round(total * 100) / 100);
  if (shownDone) shownDone.textContent = done;
}

function choose(criterion, key) {
  const value = key === "0" ? "10" : key;
  const radio = criterion.querySelector(`input[type=radio][value="${value}"]`);
  if (!radio || radio.disabled) return false;
  radio.checked = true;
  radio.focus();
  changed(radio);
  return true;
}

function changed(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function step(field, way) {
  const { least, most, step } = field.dataset;
  const now = field.value.trim() === "" ? NaN : figure(field.value);
  const next = Number.isNaN(now) ? Number(least) : Math.min(Number(most), Math.max(Number(least), now + way * Number(step)));
  field.value = String(Math.round(next * 10_000) / 10_000);
  changed(field);
}

const SCORES = "input[data-step], input[type=radio]:checked";

/** The field or row of radios of a criterion that takes the focus. */
const way = (criterion) => criterion.querySelector(SCORES) ?? criterion.querySelector("input[type=radio]");

function onward(form, target) {
  const all = target.closest("[data-crit]") ? [...form.querySelectorAll("[data-crit]")].map(way) : [...form.querySelectorAll("input[data-step]")];
  const columns = target.closest("[data-crit]") ? 1 : Number(form.dataset.columns ?? 1);
  const place = all.findIndex((each) => each === target || (each.name === target.name && each.type === "radio"));
  const next = all[place + columns] ?? form.querySelector("[data-lock]");
  next?.focus();
  if (next?.select) next.select();
}

const keys = () => document.getElementById("keys");

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.metaKey || event.isComposing) return;
  if (event.ctrlKey && event.key === "Enter") {
    // The question of the lock is answered by the same keys again.
    const yes = document.querySelector("dialog[open] button[value=yes]");
    const form = document.querySelector("form[data-rubric]");
    const button = yes ?? form?.querySelector(event.shiftKey ? "[data-next]" : "[data-lock]");
    if (!button || button.disabled) return;
    event.preventDefault();
    if (yes) yes.click();
    else form.requestSubmit(button);
    return;
  }
  const { target } = event;
  if (event.key === "?" && keys() && !target.matches("textarea, input:not([data-step], [type=radio])")) {
    event.preventDefault();
    if (keys().open) keys().close();
    else keys().showModal();
    return;
  }
  const form = target.closest?.("form[data-rubric]");
  if (!form || event.ctrlKey || !target.matches("input[type=radio], input[data-step]")) return;
  if (event.key === "Enter") onward(form, target);
  else if (target.dataset.step && event.key === "ArrowUp") step(target, 1);
  else if (target.dataset.step && event.key === "ArrowDown") step(target, -1);
  else if (!/^\d$/.test(event.key) || target.dataset.step || !choose(target.closest("[data-crit]"), event.key)) return;
  event.preventDefault();
});

function listen(event) {
  const form = event.target.closest?.("form[data-rubric]");
  if (form && event.target.closest("[data-crit]")) tally(form);
}

document.addEventListener("input", listen);
document.addEventListener("change", listen);
for (const form of document.querySelectorAll("form[data-rubric]")) {
  tally(form);
  form.addEventListener("card:set", () => tally(form));
  // Whoever comes from the card before goes on typing; a finger would only get a keyboard in the way.
  if (location.hash === "#score" && matchMedia("(pointer: fine)").matches) {
    const empty = [...form.querySelectorAll("[data-crit]")].find((each) => scoreOf(each) === null);
    if (empty) way(empty)?.focus({ preventScroll: true });
  }
}
