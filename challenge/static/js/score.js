// Scoring by keyboard: 1-9 and 0 for ten while a criterion has the focus, Tab to the next one (the browser's own),
// Ctrl+Enter presses the lock button. The running total is what is chosen now; empty is not zero.

function scoreOf(criterion) {
  const radio = criterion.querySelector("input[type=radio]:checked");
  const number = criterion.querySelector("input[type=number]");
  const text = radio?.value ?? number?.value ?? criterion.dataset.score ?? "";
  return text === "" ? null : Number(text);
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
  radio.dispatchEvent(new Event("input", { bubbles: true }));
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-rubric]");
  if (!form || event.altKey || event.metaKey || event.isComposing) return;
  if (event.ctrlKey && event.key === "Enter") {
    const lock = form.querySelector("[data-lock]");
    if (lock && !lock.disabled) {
      event.preventDefault();
      form.requestSubmit(lock);
    }
    return;
  }
  if (event.ctrlKey || !/^\d$/.test(event.key)) return;
  // In a number field or a comment a digit is a digit.
  if (!event.target.matches("input[type=radio]")) return;
  if (choose(event.target.closest("[data-crit]"), event.key)) event.preventDefault();
});

function listen(event) {
  const form = event.target.closest?.("form[data-rubric]");
  if (form && event.target.closest("[data-crit]")) tally(form);
}

document.addEventListener("input", listen);
document.addEventListener("change", listen);
for (const form of document.querySelectorAll("form[data-rubric]")) tally(form);
