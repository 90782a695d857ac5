// The form builder: steps are taken without leaving the page, fields are dragged, Alt and an arrow moves one.
// Each step is the same post that its button sends without a script; the answer's list takes the old one's place.
import { release } from "./submit.js";
import { words } from "./words.js";

const bench = () => document.querySelector("[data-builder]");
const STAYS = /^(up|down|copy|remove|move|section-(up|down|copy|remove|add)):/;

async function take(form, body, focus) {
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
  } catch {
    release(form);
    say(words.lost);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-builder]");
  if (!answer.ok || !fresh) {
    location.reload(); // signed out, or no organizer any more: the server says what it is
    return;
  }
  const refused = page.querySelector(".said");
  document.querySelector(".said")?.remove();
  if (refused) bench().closest("main").prepend(refused);
  bench().replaceWith(fresh);
  document.dispatchEvent(new Event("page:replaced"));
  (refused ? null : find(focus))?.focus();
  say(refused ? refused.textContent.trim() : words.stepTaken);
}

// The same button again; at the end of a list it is gone, and its neighbour takes the focus.
function find(value) {
  const [verb, key] = value.split(":");
  const buttons = [...bench().querySelectorAll("button[name=do]")];
  return (
    buttons.find((each) => each.value === value) ??
    buttons.find((each) => each.value.split(":")[1] === key) ??
    (verb.includes("remove") ? bench().querySelector("button[name=do]") : null)
  );
}

function say(text) {
  const line = bench().querySelector("[data-builder-said]");
  line.textContent = "";
  setTimeout(() => (line.textContent = text), 100);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const pressed = event.submitter;
  if (event.defaultPrevented || !form.closest("[data-builder]") || !STAYS.test(pressed?.value ?? "")) return;
  event.preventDefault();
  take(form, new FormData(form, pressed), pressed.value);
});

document.addEventListener("keydown", (event) => {
  const row = event.altKey && event.target.closest?.("[data-builder] [data-field]");
  if (!row || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  row.querySelector(`button[value^="${event.key === "ArrowUp" ? "up" : "down"}:"]`)?.click();
});

let dragged = null;

function target(event) {
  return dragged && event.target.closest?.("[data-builder] [data-fields] > li");
}

function ready() {
  for (const row of document.querySelectorAll("[data-builder] [data-field]")) row.draggable = Boolean(row.querySelector("form"));
}

ready();
document.addEventListener("page:replaced", ready);

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-field]");
  if (dragged) event.dataTransfer.setData("text/plain", dragged.dataset.field);
});

document.addEventListener("dragover", (event) => {
  const row = target(event);
  for (const other of document.querySelectorAll("[data-fields] .over")) other.classList.remove("over");
  if (!row || row === dragged) return;
  event.preventDefault();
  row.classList.add("over");
});

// What is dropped on a field takes its place.
document.addEventListener("drop", (event) => {
  const row = target(event);
  const moved = dragged;
  if (!row || row === moved) return;
  event.preventDefault();
  const list = row.closest("[data-fields]");
  const others = [...list.querySelectorAll("[data-field]")].filter((each) => each !== moved);
  const below = moved.parentElement === list && moved.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING;
  const form = moved.querySelector("form");
  const body = new FormData(form);
  body.set("do", "move:" + moved.dataset.field);
  body.set("section", row.closest("[data-section]").dataset.section);
  body.set("place", Math.max(0, others.indexOf(row)) + (below ? 1 : 0));
  take(form, body, "up:" + moved.dataset.field);
});

document.addEventListener("dragend", () => {
  dragged = null;
  for (const row of document.querySelectorAll("[data-fields] .over")) row.classList.remove("over");
});
