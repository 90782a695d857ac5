// A form with data-draft is kept while it is written: each changed part (data-part) is sent with the version of the
// draft it was made from (data-mark) and merged by the server. What could not be sent yet stays in the browser, and a
// part that somebody else changed meanwhile is shown beside one's own: nothing is written over, nothing is lost.
import { icon } from "./words.js";

const PAUSE = 900; // after the last key
const PATIENCE = [3000, 6000, 12_000, 30_000];
const MOST = 150_000; // characters in one request; the rest follows
const MOST_INPUTS = 1000; // in one request; no part has half as many
const FREE = 55_000; // what a page that is left may still send

let form, url, key, told, channel, timer, again, sending, tries, renewed, over, seen;
const clean = new Map(); // part -> its inputs as the server knows them
const held = new Map(); // part -> the stored version, while a person chooses
const waiting = []; // words of this tab and of others that were closed before they were sent
const locks = new Set(); // names by which other tabs know that this one is there
let tab = String(Math.random()).slice(2);
try {
  tab = sessionStorage.getItem("tab") ?? tab;
  sessionStorage.setItem("tab", tab);
} catch {
  // Storage is off: then nothing is kept either.
}

const parts = () => [...form.querySelectorAll("[data-part]")];
const box = (part) => form.querySelector(`[data-part="${CSS.escape(part)}"]`);
const inputs = (element) =>
  [...element.querySelectorAll("input, select, textarea")].filter((each) => each.name && each.type !== "file");

/** The inputs of a part as pairs of name and value, as a form would send them. */
function pairs(element) {
  return inputs(element)
    .filter((each) => (each.type !== "checkbox" && each.type !== "radio") || each.checked)
    .map((each) => [each.name, each.value]);
}

/** The same as the server drew it: what was typed before this script was there differs from it. */
function drawn(element) {
  const chosen = ({ options }) => [...options].find((each) => each.defaultSelected) ?? options[0];
  return inputs(element)
    .filter((each) => (each.type !== "checkbox" && each.type !== "radio") || each.defaultChecked)
    .map((each) => [each.name, each.matches("[type=checkbox], [type=radio]") ? each.value : each.matches("select") ? chosen(each).value : each.defaultValue]);
}

const text = (element) => JSON.stringify(pairs(element));
const changed = () => parts().filter((each) => text(each) !== clean.get(each.dataset.part));
const unreadable = (element) => inputs(element).some((each) => each.validity?.badInput);

function say(name, words, way) {
  const after = way ? [" ", way] : [];
  told?.replaceChildren(icon(name), " ", words, ...after);
}

// --- what is not sent yet, in this browser -------------------------------------------------------------------------

function keep() {
  const unsent = {};
  for (const each of changed()) unsent[each.dataset.part] = { base: Number(each.dataset.mark), pairs: pairs(each) };
  try {
    if (Object.keys(unsent).length) localStorage.setItem(`${key}|${tab}`, JSON.stringify(unsent));
    else localStorage.removeItem(`${key}|${tab}`);
  } catch {
    // Storage is off or full: the words stay on the page.
  }
}

const stored = (name) => JSON.parse(localStorage.getItem(name) ?? "{}");

/** Words that were typed before and never sent: of this tab, then of tabs that are gone. */
async function left() {
  const there = ((await navigator.locks?.query?.())?.held ?? []).map((lock) => lock.name);
  const alive = new Set(there.filter((name) => !locks.has(name)));
  if (alive.has(`${key}|${tab}`)) tab = String(Math.random()).slice(2); // a duplicated tab brings its twin's name
  const mine = `${key}|${tab}`;
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(`${key}|`) && !alive.has(name));
    for (const name of names.sort((one, other) => (other === mine) - (one === mine))) {
      for (const [part, words] of Object.entries(stored(name))) waiting.push({ name, part, words });
    }
  } catch {
    // Nothing readable is there.
  }
  if (navigator.locks && !locks.has(mine)) {
    locks.add(mine);
    navigator.locks.request(mine, () => new Promise(() => {}));
  }
}

function forget({ name, part }) {
  if (name === `${key}|${tab}`) return; // `keep` writes this tab's own
  const rest = stored(name);
  delete rest[part];
  if (Object.keys(rest).length) localStorage.setItem(name, JSON.stringify(rest));
  else localStorage.removeItem(name);
}

function fill(element, values) {
  const list = element.querySelector("[data-rows]");
  const rows = new Set(values.map(([name]) => name.match(/-(\d+)-c\d+$/)?.[1])).size;
  for (let n = 0; list && n < rows && list.querySelectorAll("[data-row]").length < rows; n++) {
    list.querySelector("[data-add]").click();
  }
  const lines = [...(list?.querySelectorAll("[data-row]") ?? [])];
  if (list) return lines.forEach((line, n) => inputs(line).forEach((each, c) => (each.value = cell(values, n, c))));
  for (const each of inputs(element)) {
    const given = values.filter(([name]) => name === each.name).map(([, value]) => value);
    if (each.type === "checkbox" || each.type === "radio") each.checked = given.includes(each.value);
    else if (given.length) each.value = given[0];
  }
}

function cell(values, row, column) {
  const rows = [...new Set(values.map(([name]) => name.replace(/-c\d+$/, "")))];
  return values.find(([name]) => name === `${rows[row]}-c${column}`)?.[1] ?? "";
}

/** Put words that were never sent back into the page; those of a part that is under way wait for their turn. */
function restore() {
  let back = false;
  for (const item of waiting.splice(0)) {
    const { part, words } = item;
    const element = box(part);
    const same = element && JSON.stringify(words.pairs) === text(element);
    if (!same && element && (held.has(part) || text(element) !== clean.get(part))) {
      waiting.push(item);
      continue;
    }
    if (!same && element) {
      element.dataset.mark = words.base;
      fill(element, words.pairs);
      back = true;
      keep();
    }
    if (element) forget(item);
  }
  if (!back) return;
  say("history", told.dataset.restored);
  document.dispatchEvent(new CustomEvent("draft:drawn"));
  later(0);
}

// --- to the server and back ----------------------------------------------------------------------------------------

const token = () => form.elements.csrf_token;

function later(pause) {
  clearTimeout(timer);
  if (!over) timer = setTimeout(send, pause);
}

function retry(words) {
  say("warn", words);
  clearTimeout(again);
  again = setTimeout(send, PATIENCE[Math.min(tries++, PATIENCE.length - 1)]);
}

/** The parts that go along now: whole ones, as far as they fit. */
function load(most) {
  const body = new FormData();
  let size = 0;
  let count = 0;
  const going = new Map();
  for (const each of changed()) {
    const part = each.dataset.part;
    const given = pairs(each);
    const length = text(each).length;
    const full = size + length > most || count + given.length > MOST_INPUTS;
    if (held.has(part) || unreadable(each) || (going.size && full)) continue;
    size += length;
    count += given.length + 1;
    going.set(part, text(each));
    body.append("changed", `${part}:${each.dataset.mark}`);
    for (const [name, value] of given) body.append(name, value);
  }
  body.append("seen", seen);
  return { body, going, size };
}

async function send() {
  clearTimeout(timer);
  clearTimeout(again);
  if (sending || over) return;
  const { body, going } = load(MOST);
  sending = true;
  if (going.size) say("refresh", told.dataset.saving);
  try {
    const answer = going.size
      ? await fetch(url, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token().value } })
      : await fetch(`${url}?seen=${seen}`, { headers: { Accept: "application/json" } });
    await take(answer, going);
  } catch {
    retry(told.dataset.lost);
  }
  sending = false;
}

async function take(answer, going) {
  const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
  if (answer.ok) return merged(said, going);
  if (answer.status === 401) return signedOut(said);
  if (said.code === "csrf") return renew();
  if (answer.status === 409 || answer.status === 404) {
    over = true;
    return say("lock", said.code === "window_closed" || !said.message ? told.dataset.closed : said.message);
  }
  retry(answer.status >= 500 || !said.message ? told.dataset.away : said.message);
}

/** A token that is of another session: the next one comes with where the draft stands. */
async function renew() {
  if (renewed++ > 2) return retry(told.dataset.away);
  const answer = await fetch(`${url}?seen=${seen}`, { headers: { Accept: "application/json" } });
  if (answer.status === 401) return signedOut(await answer.json());
  const said = await answer.json();
  if (!answer.ok) return retry(said.message ?? told.dataset.away);
  merged(said, new Map());
}

function link(href, words) {
  const made = document.createElement("a");
  made.href = href;
  made.append(words);
  return made;
}

function signedOut(said) {
  const way = link(said.sign_in, told.dataset.link);
  way.target = "_blank";
  way.rel = "noopener";
  say("key", said.message, way);
  clearTimeout(again);
  again = setTimeout(send, 15_000);
}

function merged(said, going) {
  tries = 0;
  if (going.size) renewed = 0;
  token().value = said.token;
  const { errors = {}, conflicts = {}, done = [] } = said;
  for (const part of done) {
    clean.set(part, going.get(part));
    box(part).dataset.mark = said.draft_version;
  }
  for (const part of going.keys()) mark(part, errors[part]);
  for (const [part, standing] of Object.entries(conflicts)) hold(part, standing);
  let behind = false;
  for (const [part, standing] of Object.entries(said.fresh ?? {})) {
    const element = box(part);
    if (element && text(element) === clean.get(part)) draw(part, standing);
    else behind ||= Boolean(element); // it is being written here too: sending it will show both
  }
  seen = said.draft_version;
  const oldest = Math.min(seen, ...[...held.keys()].map((part) => Number(box(part).dataset.mark)));
  form.elements.draft_version.value = oldest;
  contents(said);
  keep();
  if (done.length) channel?.postMessage(seen);
  if (said.form !== form.dataset.form) say("warn", told.dataset.changed, link(location.pathname, told.dataset.reload));
  else if (held.size) say("warn", told.dataset.conflict);
  else if (Object.keys(errors).length || changed().some(unreadable)) say("warn", told.dataset.faulty);
  else if (said.saved && going.size) say("check", said.saved);
  restore();
  const rest = changed().filter((each) => !(each.dataset.part in errors) && !unreadable(each) && !held.has(each.dataset.part));
  if (rest.length) later(going.size && !behind ? PAUSE : 0);
}

function contents(said) {
  const list = document.querySelector("[data-contents]");
  if (list && said.contents !== list.dataset.drawn) {
    list.innerHTML = said.contents;
    list.dataset.drawn = said.contents;
  }
  const count = document.querySelector("[data-missing]");
  if (count && said.missing_line) count.textContent = said.missing_line;
}

/** What is wrong with a part, at its place. */
function mark(part, errors) {
  const element = box(part);
  element.querySelectorAll("[data-said]").forEach((each) => each.remove());
  element.querySelectorAll(".err").forEach((each) => each.remove());
  for (const each of inputs(element)) {
    if (errors) each.setAttribute("aria-invalid", "true");
    else each.removeAttribute("aria-invalid");
  }
  for (const words of errors ?? []) {
    const line = document.createElement("p");
    line.id = `${part}-said`;
    inputs(element)[0]?.setAttribute("aria-describedby", line.id);
    line.className = "err";
    line.dataset.said = "";
    line.append(icon("warn"), words);
    element.append(line);
  }
}

/** Show a part as it stands in the draft. */
function draw(part, standing) {
  const element = box(part);
  const place = element.contains(document.activeElement) ? document.activeElement.id : "";
  const fresh = new DOMParser().parseFromString(standing.html, "text/html").querySelector("[data-part]");
  element.replaceWith(fresh);
  clean.set(part, text(fresh));
  if (place) document.getElementById(place)?.focus();
  document.dispatchEvent(new CustomEvent("draft:drawn"));
}

/** Two words for one part: both are shown, and a person says which stands. */
function hold(part, standing) {
  const element = box(part);
  held.set(part, standing);
  element.querySelector("[data-both]")?.remove();
  element.insertAdjacentHTML("beforeend", standing.both);
  element.querySelector("[data-keep]").addEventListener("click", () => {
    held.delete(part);
    element.querySelector("[data-both]").remove();
    element.dataset.mark = standing.mark;
    clean.set(part, ""); // the stored one differs, whatever this is by now
    keep();
    later(0);
  });
  element.querySelector("[data-take]").addEventListener("click", () => {
    held.delete(part);
    draw(part, standing);
    inputs(box(part))[0]?.focus();
    keep();
    later(0);
  });
}

// --- a page --------------------------------------------------------------------------------------------------------

function typed(event) {
  if (!form?.contains(event.target) || !event.target.closest("[data-part]")) return;
  keep();
  later(event.type === "change" ? PAUSE / 3 : PAUSE);
}

async function start() {
  form = document.querySelector("form[data-draft]");
  channel?.close();
  if (!form) return;
  url = form.dataset.draft;
  key = `draft|${url}`;
  told = document.querySelector("[data-saved]");
  [sending, over, tries, renewed, seen] = [false, false, 0, 0, Number(form.elements.draft_version.value)];
  clean.clear();
  held.clear();
  // A page that came back with faults holds words that are not stored: the server says which.
  const unsure = document.querySelector("[data-focus]");
  for (const each of parts()) clean.set(each.dataset.part, unsure ? "" : JSON.stringify(drawn(each)));
  if ("BroadcastChannel" in window) {
    channel = new BroadcastChannel(key);
    channel.addEventListener("message", ({ data }) => data > seen && later(0));
  }
  waiting.length = 0;
  await left();
  restore();
  keep();
  if (changed().length) later(PAUSE);
}

document.addEventListener("input", typed);
document.addEventListener("change", typed);
document.addEventListener("page:replaced", start);
document.addEventListener("files:changed", () => form && later(0)); // the contents name what is missing
document.addEventListener("due:closed", () => form && later(1500));
addEventListener("online", () => form && send());
addEventListener("focus", () => form && later(0));
addEventListener("visibilitychange", () => {
  if (!form || over || sending || document.visibilityState !== "hidden") return;
  keep();
  const { body, going, size } = load(FREE);
  // The answer may never be read: what went out is sent again then, and the same again has no effect.
  if (going.size && size < FREE) {
    fetch(url, { method: "POST", body, keepalive: true, headers: { Accept: "application/json", "X-CSRFToken": token().value } })
      .then((answer) => take(answer, going))
      .catch(() => {});
  }
});
start();
