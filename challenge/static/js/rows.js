// Rows of a list (fields.rows): added and removed on the page instead of by a round trip to the server.
import { words } from "./words.js";

const FIELD = "input, select, textarea";

function rowsOf(list) {
  return [...list.querySelectorAll("[data-lines] > [data-row]")];
}

// Rows keep the index they were born with: the server reads them in order and closes the gaps.
function nextIndex(list) {
  const name = list.dataset.rows;
  const taken = rowsOf(list).map((row) => {
    const field = row.querySelector("[name^='" + CSS.escape(name) + "-']");
    return Number(field?.name.slice(name.length + 1).split("-")[0] ?? 0);
  });
  return Math.max(-1, ...taken) + 1;
}

function renumber(list) {
  const rows = rowsOf(list);
  rows.forEach((row, place) => (row.querySelector("[data-number]").textContent = place + 1));
  const add = list.querySelector("[data-add]");
  add.disabled = list.dataset.most !== undefined && rows.length >= Number(list.dataset.most);
}

function addRow(list) {
  const index = nextIndex(list);
  const row = list.querySelector("template").content.cloneNode(true);
  for (const element of row.querySelectorAll("*")) {
    for (const attribute of element.attributes) {
      if (attribute.value.includes("__i__")) attribute.value = attribute.value.replaceAll("__i__", index);
    }
  }
  list.querySelector("[data-lines]").append(row);
  renumber(list);
  rowsOf(list).at(-1).querySelector(FIELD)?.focus();
}

function removeRow(list, row) {
  const near = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  renumber(list);
  (near?.querySelector("[data-remove]") ?? list.querySelector("[data-add]")).focus();
  list.dispatchEvent(new Event("change", { bubbles: true }));
  say(list, words.rowGone);
}

function say(list, text) {
  let line = list.querySelector("[data-rows-said]");
  if (!line) {
    line = document.createElement("p");
    line.className = "vh";
    line.setAttribute("role", "status");
    line.dataset.rowsSaid = "";
    list.append(line);
  }
  line.textContent = text;
}

document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-add], [data-remove]");
  const list = control?.closest("[data-rows]");
  if (!list) return;
  event.preventDefault();
  if (control.matches("[data-add]")) addRow(list);
  else removeRow(list, control.closest("[data-row]"));
});

// Enter in a row would press the first button of the form, which removes a row: here it goes to the next field.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-row] input")) return;
  event.preventDefault();
  const list = event.target.closest("[data-rows]");
  const fields = [...list.querySelectorAll(`[data-lines] :is(${FIELD})`)];
  (fields[fields.indexOf(event.target) + 1] ?? list.querySelector("[data-add]")).focus();
});

for (const list of document.querySelectorAll("[data-rows]")) renumber(list);
