// <time data-left datetime="..."> counts down against the server's clock, which the page carries once as
// <body data-now>; the device's clock is never believed.
import { words, icon } from "./words.js";

const HOUR = 3600, DAY = 86400;
const arrived = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
const device = Date.now() - performance.now() + arrived;
let server = Date.parse(document.body.dataset.now ?? "");

/** The server's time now, in milliseconds. A sleeping computer stops performance.now(): then the greater of both
 *  counts, so that a deadline is never shown later than it is. */
export function serverNow() {
  const steady = performance.now() - arrived;
  return server + Math.max(steady, Math.min(Date.now() - device, steady + 30 * DAY * 1000));
}

// A page from a cache carries an old time. Only when it and the device disagree is the server asked again.
async function checkAge() {
  if (Math.abs(device - server) < 90_000) return;
  try {
    const answer = await fetch(new URL("app.js", import.meta.url), { method: "HEAD", cache: "no-store" });
    const date = Date.parse(answer.headers.get("Date") ?? "");
    const said = date - (performance.now() - arrived);
    if (said > server + 5000) server = said;
  } catch {
    // Offline: the page's own time stays.
  }
}

function text(seconds) {
  if (seconds < HOUR) return new Date(seconds * 1000).toISOString().slice(11, 19);
  if (seconds < DAY) return words.hoursLeft(Math.floor(seconds / HOUR), Math.floor((seconds % HOUR) / 60));
  const days = Math.floor(seconds / DAY);
  return words.daysLeft(days, days < 30 ? Math.floor((seconds % DAY) / HOUR) : 0);
}

function close(time) {
  time.removeAttribute("data-left");
  time.textContent = words.closed;
  const chip = time.closest(".due");
  chip?.classList.remove("soon", "last");
  chip?.querySelector(".i")?.replaceWith(icon("lock"));
  time.dispatchEvent(new CustomEvent("due:closed", { bubbles: true }));
}

function tick() {
  const now = serverNow();
  let soonest = Infinity;
  for (const time of document.querySelectorAll("time[data-left]")) {
    const seconds = Math.ceil((Date.parse(time.dateTime) - now) / 1000);
    if (Number.isNaN(seconds)) continue;
    if (seconds <= 0) {
      close(time);
      continue;
    }
    soonest = Math.min(soonest, seconds);
    const said = text(seconds);
    if (time.textContent !== said) time.textContent = said;
    const chip = time.closest(".due, .board li");
    chip?.classList.toggle("last", seconds <= HOUR);
    chip?.classList.toggle("soon", seconds > HOUR && seconds <= 3 * DAY);
  }
  // Seconds in the last hour; else at the next whole minute is enough.
  setTimeout(tick, soonest <= HOUR + 60 ? 1000 - (now % 1000) : 20_000);
}

if (!Number.isNaN(server)) checkAge().then(tick);
