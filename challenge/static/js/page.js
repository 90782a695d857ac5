// Small things of every page: focus on an error summary, toasts that are read out, menus that close, dialogs,
// counters of characters.
import { words } from "./words.js";

function settle(root) {
  root.querySelector("[data-focus]")?.focus();
  // A status is read out when its text changes, not when it arrives with the page.
  for (const said of root.querySelectorAll("[data-say]")) {
    const nodes = [...said.childNodes];
    said.removeAttribute("data-say");
    said.replaceChildren();
    setTimeout(() => said.append(...nodes), 150);
  }
  for (const line of root.querySelectorAll("[data-count]")) count(line);
}

function count(line) {
  const area = document.getElementById(line.dataset.count);
  if (!area || area.maxLength < 1) return;
  const length = area.value.length;
  line.hidden = length < area.maxLength * 0.5;
  line.textContent = length > area.maxLength ? words.over(length - area.maxLength) : words.count(length, area.maxLength);
  line.classList.toggle("over", length > area.maxLength);
}

document.addEventListener("input", (event) => {
  if (event.target.id) {
    const line = document.querySelector(`[data-count="${CSS.escape(event.target.id)}"]`);
    if (line) count(line);
  }
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const opener = event.target.closest("[data-open]");
  const dialog = opener && document.getElementById(opener.dataset.open);
  if (dialog instanceof HTMLDialogElement) {
    event.preventDefault();
    dialog.showModal();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A select that is a whole form by itself (sorting) goes at once; without a script its button does it.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-go]")) event.target.form.requestSubmit();
});

settle(document);
document.addEventListener("htmx:after:swap", () => settle(document));
document.addEventListener("page:replaced", () => settle(document));
