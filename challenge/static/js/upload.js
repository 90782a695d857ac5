// Files of a draft go up as soon as they are chosen, piece by piece (tus): they can be paused, and go on where a line
// broke, a laptop was closed or the page was left. The client is tus-js-client; it is loaded with the first file.
import { words as plain, bytes, icon } from "./words.js";

const WORDS = {
  "zh-CN": {
    queued: "等待上传",
    uploading: "正在上传",
    pause: "暂停",
    resume: "继续",
    paused: "已暂停",
    waiting: "连接中断。已上传的部分已保存，恢复后自动继续。",
    arrived: "已上传",
    unfinished: (here) => `尚未传完，已收到 ${here}。再次选择此文件即可从断点继续。`,
    removeFile: (name) => `移除 ${name}`,
    signIn: "登录已失效。请在另一个标签页中登录，然后点“继续”；已上传的部分已保存。",
  },
  en: {
    queued: "Waiting",
    uploading: "Uploading",
    pause: "Pause",
    resume: "Resume",
    paused: "Paused",
    waiting: "Connection lost. What arrived is kept; it goes on by itself when the line is back.",
    arrived: "Uploaded",
    unfinished: (here) => `Not finished: ${here} arrived. Choose this file again to go on from there.`,
    removeFile: (name) => `Remove ${name}`,
    signIn: "You are signed out. Sign in in another tab, then press Resume; what arrived is kept.",
  },
};
const words = { ...plain, ...(WORDS[document.documentElement.lang] ?? WORDS.en) };

// A piece takes about so long, so that a line that breaks loses little even behind a proxy that hands on whole pieces.
const PIECE_SECONDS = 8;
const SMALLEST = 256 * 1024;
const FIRST = 1024 * 1024;
const LARGEST = 64 * 1024 * 1024;
const PATIENCE = [0, 1000, 3000, 5000, 10_000, 20_000];
const AGAIN = 15_000; // after the client has lost patience
const AT_ONCE = 2;

let loading;
const client = () => (loading ??= import("../vendor/tus.min.js").then(() => window.tus));
const queue = [];
const active = new Set();
let waiting = null; // a form that was sent meanwhile
const stuck = new Set(); // wait for the line to come back
const seen = new Map(); // fingerprint -> its row

const token = (box) => box.closest("form")?.querySelector("[name=csrf_token]")?.value ?? "";
const mark = (box, file) => [box.dataset.tus, box.dataset.field, file.name, file.size, file.lastModified].join("|");

function button(text, name, pressed, named = false) {
  const made = document.createElement("button");
  const label = document.createElement("span");
  made.type = "button";
  made.className = "btn slim bare";
  label.className = "vh";
  if (named) label.lang = ""; // a file's name is in no language of ours
  label.textContent = text;
  made.append(icon(name), label);
  made.addEventListener("click", pressed);
  return made;
}

/** A line of the list: name, size, how far it is, what may be done with it. */
class Row {
  constructor(box, name, size) {
    this.box = box;
    this.name = name;
    this.item = document.createElement("li");
    this.what = document.createElement("div");
    this.buttons = document.createElement("span");
    this.bar = document.createElement("progress");
    this.said = document.createElement("p");
    const figure = document.createElement("span");
    figure.className = "quiet num";
    figure.textContent = bytes(size);
    this.buttons.className = "row";
    this.bar.max = size;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", name);
    this.said.setAttribute("role", "status");
    this.what.append(name, " ", figure, this.said);
    this.item.append(icon("file"), this.what, this.buttons, this.bar);
    const list = box.querySelector("[data-list]");
    list.hidden = false;
    list.append(this.item);
  }

  say(text, bad = false) {
    this.said.className = bad ? "err" : "small quiet";
    this.said.setAttribute("role", bad ? "alert" : "status");
    this.said.replaceChildren(...(bad ? [icon("warn")] : []), text);
  }

  may(...buttons) {
    this.buttons.replaceChildren(...buttons);
  }

  gone() {
    const list = this.item.parentElement;
    this.item.remove();
    if (list && !list.children.length) list.hidden = true;
  }

  /** It is attached: the line that the page would show. */
  done(file) {
    const link = document.createElement("a");
    const figure = document.createElement("span");
    const digest = document.createElement("p");
    const remove = button(words.removeFile(this.name), "trash", () => {}, true);
    link.href = file.url;
    link.lang = "";
    link.textContent = file.name;
    figure.className = "quiet num";
    figure.textContent = file.size;
    digest.className = "hash";
    digest.textContent = `SHA-256 ${file.sha256.slice(0, 16)}…`;
    Object.assign(remove, { type: "submit", name: "remove_file", value: file.ref, formNoValidate: true });
    this.what.replaceChildren(link, " ", figure, digest);
    this.bar.remove();
    this.may(remove);
    this.box.dispatchEvent(new CustomEvent("files:changed", { bubbles: true, detail: file }));
  }
}

/** One chosen file on its way up. */
class Sending {
  constructor(box, file) {
    Object.assign(this, { box, file, key: mark(box, file) });
    seen.get(this.key)?.gone();
    this.row = new Row(box, file.name, file.size);
    seen.set(this.key, this.row);
    const limit = Number(box.dataset.max ?? Infinity);
    if (file.size > limit) this.fail(words.tooBig(bytes(file.size), bytes(limit)));
    else this.wait();
  }

  get options() {
    return {
      endpoint: this.box.dataset.tus,
      chunkSize: FIRST,
      retryDelays: PATIENCE,
      metadata: { filename: this.file.name, filetype: this.file.type, field: this.box.dataset.field },
      headers: { Accept: "application/json" },
      fingerprint: () => Promise.resolve(this.key),
      removeFingerprintOnSuccess: true,
      // Asked anew each time: somebody may have signed in again meanwhile.
      onBeforeRequest: (request) => {
        request.setHeader("X-CSRFToken", token(this.box));
        this.begun = performance.now();
      },
      onChunkComplete: (size) => this.pace(size),
      onShouldRetry: (error) => lasting(error) === null,
      onProgress: (sent, all) => this.moved(sent, all),
      onSuccess: () => this.finish(),
      onError: (error) => this.stumble(error),
    };
  }

  wait() {
    this.row.say(words.queued);
    this.row.may(this.removing());
    queue.push(this);
    next();
  }

  async start() {
    active.add(this);
    this.calm();
    this.row.say(words.uploading);
    this.row.bar.hidden = false;
    this.row.may(button(words.pause, "pause", () => this.pause()), this.removing());
    const tus = await client();
    this.upload ??= new tus.Upload(this.file, this.options);
    if (!this.upload.url) {
      const earlier = await this.upload.findPreviousUploads();
      if (earlier.length) this.upload.resumeFromPreviousUpload(earlier[0]);
    }
    if (active.has(this)) this.upload.start();
  }

  pause() {
    this.upload?.abort();
    this.leave();
    this.row.say(words.paused);
    this.row.may(this.resuming(), this.removing());
  }

  resuming() {
    return button(words.resume, "play", () => this.start());
  }

  removing() {
    return button(words.removeFile(this.file.name), "trash", () => this.remove(), true);
  }

  async remove() {
    this.leave();
    this.calm();
    seen.delete(this.key);
    this.row.gone();
    if (!this.upload) return;
    await this.upload.abort(true).catch(() => {}); // what cannot be removed now is collected after a day
  }

  leave() {
    active.delete(this);
    if (queue.includes(this)) queue.splice(queue.indexOf(this), 1);
    next();
  }

  moved(sent, all) {
    this.row.bar.value = sent;
    if (sent === all) this.row.say(words.checking);
  }

  pace(size) {
    const speed = size / Math.max(performance.now() - this.begun, 1);
    this.upload.options.chunkSize = Math.round(Math.min(Math.max(speed * 1000 * PIECE_SECONDS, SMALLEST), LARGEST));
  }

  async finish() {
    this.leave();
    const answer = await fetch(this.upload.url, { headers: { Accept: "application/json" } }).catch(() => null);
    const about = answer?.ok ? await answer.json() : null;
    if (about?.file) this.row.done(about.file);
    else this.row.say(words.arrived);
  }

  /** The line or the server failed: for good, or it goes on by itself. */
  stumble(error) {
    const said = lasting(error);
    if (said !== null) this.fail(said, error.originalResponse?.getStatus() === 403);
    this.leave();
    if (said !== null) return;
    this.row.say(message(error) ?? words.waiting, true);
    this.row.may(this.resuming(), this.removing());
    this.later = setTimeout(() => this.start(), AGAIN);
    stuck.add(this);
  }

  calm() {
    clearTimeout(this.later);
    stuck.delete(this);
  }

  fail(text, again = false) {
    waiting = null; // what went wrong stays in sight
    this.row.say(text, true);
    this.row.bar.hidden = true;
    this.row.may(...(again ? [this.resuming()] : []), this.removing());
  }
}

/** What the server says about it, in the reader's language. */
function message(error) {
  try {
    return JSON.parse(error.originalResponse.getBody()).message ?? null;
  } catch {
    return null;
  }
}

/** The words of a refusal that trying again does not change; null where it may pass. */
function lasting(error) {
  const status = error.originalResponse?.getStatus() ?? 0;
  let code = "";
  try {
    code = JSON.parse(error.originalResponse.getBody()).code;
  } catch {
    code = "";
  }
  if (status === 403 || code === "csrf") return words.signIn;
  const passing = status < 400 || status >= 500 || status === 423 || code.startsWith("upload_");
  return passing ? null : (message(error) ?? words.lost);
}

function next() {
  while (queue.length && active.size < AT_ONCE) queue.shift().start();
  if (active.size || !waiting) return;
  const { form, submitter } = waiting;
  waiting = null;
  if (form.isConnected) form.requestSubmit(submitter);
}

// A form is sent when its files are up.
document.addEventListener(
  "submit",
  (event) => {
    if (!active.size || !event.target.querySelector("[data-tus]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = { form: event.target, submitter: event.submitter };
  },
  true,
);

/** What an earlier visit left unfinished: chosen again, it goes on; or it is removed. */
async function leftovers(box) {
  const prefix = `tus::${box.dataset.tus}|${box.dataset.field}|`;
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  for (const key of keys) {
    const { uploadUrl } = JSON.parse(localStorage.getItem(key) ?? "{}");
    const answer = uploadUrl && (await fetch(uploadUrl, { headers: { Accept: "application/json" } }).catch(() => null));
    const about = answer?.ok ? await answer.json() : null;
    const known = key.slice("tus::".length).replace(/::\d+$/, "");
    if (!about || about.file) {
      if (answer) localStorage.removeItem(key);
      continue;
    }
    if (seen.has(known)) continue;
    const row = new Row(box, about.name, about.size);
    seen.set(known, row);
    row.bar.value = about.offset;
    row.say(words.unfinished(bytes(about.offset)));
    row.may(
      button(words.removeFile(about.name), "trash", () => forget(box, uploadUrl, key, row), true),
    );
  }
}

function forget(box, place, key, row) {
  fetch(place, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0", "X-CSRFToken": token(box) } });
  localStorage.removeItem(key);
  row.gone();
}

function take(input) {
  const box = input.closest?.("[data-tus]");
  if (!box || input.type !== "file") return;
  const files = [...input.files];
  input.value = ""; // they go up here, not with the form
  for (const file of files) new Sending(box, file);
}

document.addEventListener("change", (event) => take(event.target));

addEventListener("online", () => {
  for (const sending of [...stuck]) sending.start();
});

addEventListener("beforeunload", (event) => {
  if (active.size) event.preventDefault();
});

for (const box of document.querySelectorAll("[data-tus]")) {
  leftovers(box);
  // Chosen before this was loaded; where the form is on its way already, it carries them.
  if (box.closest("form")?.querySelector("[aria-busy=true]")) continue;
  for (const input of box.querySelectorAll("input[type=file]")) take(input);
}
