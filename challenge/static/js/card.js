// A form with data-autosave is kept while it is filled in: fields that differ from what was stored when the page was
// made (their partners "seen-…") are sent with that, so the server can tell what changed elsewhere. What could not be
// sent yet stays in this browser, by user and form, and goes once the line or the sign-in is back; what was changed in
// two windows is shown twice, and a person chooses. Nothing is written over unseen, nothing is lost.
import { icon } from "./words.js";

const PAUSE = 700; // after the last key
const PATIENCE = [3000, 6000, 12_000, 30_000];
const JSON_PLEASE = { Accept: "application/json" };
let tab = String(Math.random()).slice(2);
try {
  tab = sessionStorage.getItem("tab") ?? tab;
  sessionStorage.setItem("tab", tab);
} catch {
  // Storage is off: then nothing is kept either.
}

const token = () => document.querySelector("[name=csrf_token]")?.value ?? "";
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

async function read(answer) {
  const json = answer.headers.get("Content-Type")?.includes("json");
  return { ok: answer.ok, status: answer.status, said: json ? await answer.json() : {} };
}

async function post(url, fields, zone) {
  const body = new FormData();
  for (const [name, [seen, now]] of Object.entries(fields)) {
    body.append(name, now);
    body.append(`seen-${name}`, seen);
  }
  if (zone) body.append("zone", zone);
  const answer = await fetch(url, { method: "POST", body, headers: { ...JSON_PLEASE, "X-CSRFToken": token() } });
  return read(answer);
}

/** A token that is of another session: the form's own address gives the next one, or says where to sign in. */
async function renew(url) {
  const answer = await fetch(url, { headers: JSON_PLEASE });
  const renewed = await read(answer);
  if (answer.ok) for (const each of document.querySelectorAll("[name=csrf_token]")) each.value = renewed.said.token;
  return renewed;
}

async function exchange(url, fields, zone) {
  const first = Object.keys(fields).length ? await post(url, fields, zone) : await renew(url);
  if (first.said.code !== "csrf") return first;
  const renewed = await renew(url);
  return renewed.ok ? post(url, fields, zone) : renewed;
}

// --- what is not sent yet, in this browser -------------------------------------------------------------------------

function storedUnder(prefix) {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(prefix))
      .map((key) => ({ key, ...JSON.parse(localStorage.getItem(key)) }));
  } catch {
    return [];
  }
}

function write(key, value) {
  try {
    if (value && Object.keys(value.fields).length) localStorage.setItem(key, JSON.stringify(value));
    else localStorage.removeItem(key);
  } catch {
    // Storage is off or full: the words stay on the page.
  }
}

/** Cards that were left behind unsent on other pages of this reader go now; those that cannot are named. */
async function others(reader, own, note) {
  const left = [];
  for (const { key, url, page, fields } of storedUnder(`judge|${reader}|`)) {
    if (url === own) continue;
    let answer;
    try {
      answer = await exchange(url, fields);
    } catch {
      answer = { ok: false, said: {} };
    }
    const contested = answer.said.contested ?? {};
    if (answer.ok) write(key, { url, page, fields: Object.fromEntries(Object.entries(fields).filter(([n]) => n in contested)) });
    if (!answer.ok || Object.keys(contested).length) left.push([page, answer.said.message]);
  }
  if (!note) return;
  note.hidden = !left.length;
  note.querySelector("ul").replaceChildren(
    ...left.map(([page, message]) => {
      const item = document.createElement("li");
      const way = item.appendChild(document.createElement("a"));
      way.href = page;
      way.append(document.querySelector(`a[href="${CSS.escape(page)}"] .num`)?.textContent ?? page);
      if (message) item.append(` ${message}`);
      return item;
    }),
  );
}

// --- a form --------------------------------------------------------------------------------------------------------

class Kept {
  constructor(form) {
    this.form = form;
    this.words = form.querySelector("[data-words]").dataset;
    this.told = form.querySelector("[data-saved]");
    this.url = new URL(form.action).pathname;
    this.prefix = `judge|${form.dataset.autosave}|${this.url}|`;
    this.names = [...form.querySelectorAll("[name^=seen-]")].map((each) => each.name.slice(5));
    this.held = new Map(); // field -> what is stored, while a person chooses
    this.faulty = new Map(); // field -> the text that was refused
    this.tries = 0;
    this.over = false;
    this.sure = false; // the server has everything, and answered a moment ago
    this.restore();
    form.addEventListener("input", (event) => this.typed(event, PAUSE));
    form.addEventListener("change", (event) => this.typed(event, PAUSE / 3));
    addEventListener("online", () => this.send());
    addEventListener("focus", () => this.dirty() && this.send());
    addEventListener("submit", (event) => this.submit(event), true);
    document.addEventListener("keydown", (event) => this.key(event));
    // The lock is asked about here in a dialog (data-confirm), so the server need not ask once more.
    if (form.elements.sure) form.elements.sure.value = "1";
    // On a slow line one types before this script is there.
    if (this.dirty()) this.later(0);
  }

  seen(name) {
    return this.form.elements[`seen-${name}`];
  }

  inputs(name) {
    return [...this.form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  }

  value(name) {
    const [first, ...more] = this.inputs(name);
    if (first?.type !== "radio") return first?.value ?? "";
    return [first, ...more].find((each) => each.checked)?.value ?? "";
  }

  set(name, text) {
    for (const each of this.inputs(name)) {
      if (each.type === "radio") each.checked = each.value === text;
      else each.value = text;
      const more = text && each.closest("details");
      if (more) more.open = true;
    }
    this.form.dispatchEvent(new Event("card:set"));
  }

  /** What differs from the server's: name -> [what was seen, what is there now]. */
  changes() {
    const found = {};
    for (const name of this.names) {
      const [seen, now] = [this.seen(name).value, this.value(name)];
      if (seen.replace(/\r\n/g, "\n") !== now) found[name] = [seen, now];
    }
    return found;
  }

  dirty() {
    return Object.keys(this.changes()).length > 0;
  }

  tell(text, name, way) {
    this.told?.replaceChildren(...(name ? [icon(name), " "] : []), text, ...(way ? [" ", way] : []));
  }

  keep() {
    write(this.prefix + tab, { url: this.url, page: location.pathname, fields: this.changes() });
  }

  /** Words that were never sent come back; where a field holds other unsent words already, they wait. */
  restore() {
    let back = false;
    const kept = storedUnder(this.prefix);
    const own = this.prefix + tab;
    for (const { key, fields } of kept.sort((one, other) => (other.key === own) - (one.key === own))) {
      const rest = {};
      for (const [name, [seen, now]] of Object.entries(fields)) {
        if (!this.names.includes(name) || now === this.value(name)) continue;
        if (name in this.changes()) rest[name] = [seen, now];
        else {
          this.seen(name).value = seen;
          this.set(name, now);
          back = true;
        }
      }
      if (key !== own) write(key, { url: this.url, page: location.pathname, fields: rest });
      this.keep();
    }
    if (!back) return;
    this.tell(this.words.restored, "history");
    this.later(0);
  }

  typed(event, pause) {
    if (!this.names.includes(event.target.name)) return;
    this.sure = false;
    this.keep();
    this.later(pause);
  }

  later(pause) {
    clearTimeout(this.timer);
    if (!this.over) this.timer = setTimeout(() => this.send(), pause);
  }

  retry(text, way) {
    this.tell(text, "warn", way);
    this.later(PATIENCE[Math.min(this.tries++, PATIENCE.length - 1)]);
  }

  /** Send what is not stored yet; one request at a time. Resolves to whether the server has everything now. */
  send() {
    clearTimeout(this.timer);
    this.sending = (this.sending ?? Promise.resolve()).then(() => this.sendNow());
    return this.sending;
  }

  async sendNow() {
    if (this.over) return false;
    const going = {};
    for (const [name, pair] of Object.entries(this.changes())) {
      if (!this.held.has(name) && this.faulty.get(name) !== pair[1]) going[name] = pair;
    }
    if (Object.keys(going).length) this.tell(this.words.saving, "refresh");
    let answer;
    try {
      answer = await exchange(this.url, going, this.form.elements.zone?.value);
    } catch {
      this.retry(this.words.lost);
      return false;
    }
    return this.take(answer, going);
  }

  take({ ok, status, said }, going) {
    if (status === 401) {
      const way = document.createElement("a");
      [way.href, way.target, way.rel] = [said.sign_in, "_blank", "noopener"];
      way.append(this.words.link);
      this.retry(said.message, way);
      return false;
    }
    if (status === 422) return this.refused(said, going);
    if (!ok) {
      this.over = status === 409 || status === 403 || status === 404;
      if (this.over) this.tell(said.message, "lock");
      else this.retry(status >= 500 || !said.message ? this.words.away : said.message);
      return false;
    }
    this.tries = 0;
    for (const [name, [, now]] of Object.entries(going)) {
      this.fault(name);
      if (name in (said.contested ?? {})) this.hold(name, said.contested[name]);
      else this.seen(name).value = now;
    }
    this.keep();
    this.restore();
    if (this.held.size) this.tell(this.words.contested, "warn");
    else if (this.faulty.size) this.tell(this.wrong, "warn");
    else if (said.saved) this.tell(said.saved, "check");
    this.sure = !this.dirty();
    if (!this.sure && !this.held.size && !this.faulty.size) this.later(PAUSE);
    return this.sure;
  }

  /** What is no score is told at its field; the rest goes again at once. */
  refused(said, going) {
    for (const [name, text] of Object.entries(said.faults ?? {})) {
      this.fault(name, text);
      this.faulty.set(name, going[name]?.[1]);
    }
    this.wrong = Object.values(said.faults ?? {})[0] ?? said.message;
    this.tell(this.wrong, "warn");
    const rest = Object.keys(going).filter((name) => !(name in (said.faults ?? {})));
    if (rest.length && rest.length < Object.keys(going).length) this.later(0);
    return false;
  }

  /** What is wrong with a field, at the field; nothing where it is right. */
  fault(name, text) {
    this.faulty.delete(name);
    const inputs = this.inputs(name);
    const place = inputs[0]?.closest(".field, .crit, td");
    if (!place) return;
    for (const each of place.querySelectorAll(":scope > .err")) each.remove();
    for (const each of inputs) {
      if (text) each.setAttribute("aria-invalid", "true");
      else each.removeAttribute("aria-invalid");
    }
    if (!text) return;
    const line = document.createElement("p");
    line.className = "err";
    line.id = `${name}-said`;
    inputs[0].setAttribute("aria-describedby", line.id);
    line.append(icon("warn"), text);
    place.append(line);
  }

  /** Two words for one field: both are shown, and a person says which stands. */
  hold(name, stored) {
    this.held.set(name, stored);
    const place = this.inputs(name)[0].closest(".field, .crit, td");
    place.querySelector("[data-choice]")?.remove();
    const both = document.createElement("div");
    both.dataset.choice = "";
    both.className = "note warn";
    both.setAttribute("role", "alert");
    const text = document.createElement("p");
    text.append(fill(this.words.both, { stored, typed: this.value(name) }));
    const row = document.createElement("p");
    row.className = "row";
    for (const [words, mine] of [[this.words.mine, true], [this.words.theirs, false]]) {
      const button = document.createElement("button");
      [button.type, button.className] = ["button", "btn slim"];
      button.append(words);
      button.addEventListener("click", () => {
        this.held.delete(name);
        both.remove();
        this.seen(name).value = stored;
        if (!mine) this.set(name, stored);
        this.keep();
        this.inputs(name)[0].focus();
        this.send();
      });
      row.append(button);
    }
    both.append(text, row);
    place.append(both);
  }

  /** A button is pressed: first the server has everything, so that no page is left with words that are not there. */
  async submit(event) {
    if (event.target !== this.form || this.over || (this.sure && !this.dirty() && navigator.onLine)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    // Where nothing is taken any more the server says why, with what was typed. A plain save has been done by now.
    if (!(await this.send()) && !this.over) return;
    if (submitter?.name || submitter?.hasAttribute("formaction")) this.form.requestSubmit(submitter);
  }

  key(event) {
    if (!event.ctrlKey || event.altKey || event.metaKey || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    this.send();
  }
}

const forms = [...document.querySelectorAll("form[data-autosave]")].map((form) => new Kept(form));
const note = document.querySelector("[data-unsent]");
const reader = forms[0]?.form.dataset.autosave ?? note?.dataset.unsent;
const flush = () => others(reader, forms[0]?.url, note);
if (reader) {
  flush();
  addEventListener("online", flush);
}
