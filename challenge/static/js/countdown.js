// <time data-left datetime="..."> counts down against the server's clock, which the page carries once as
// <body data-now>; the device's clock is never believed.
import { words, icon } from "./words.js";

const HOUR = 3600, DAY = 86400;
const arrived = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
const device = Date.now() - performance.now() + arrived;
const stamp = document.body.dataset.now ?? "";
const server = Date.parse(stamp) + age(stamp);

/** The server's time now, in milliseconds. A sleeping computer stops performance.now(): then the greater of both
 *  counts, so that a deadline is never shown later than it is. */
export function serverNow() {
  const steady = performance.now() - arrived;
  return server + Math.max(steady, Math.min(Date.now() - device, steady + 30 * DAY * 1000));
}

// Going back, or an answer 304, may bring a page from the browser's cache with an old time. This tab remembers when it
// first saw each time, and adds what has passed since: a difference, so a wrong clock does no harm.
function age(stamp) {
  try {
    const seen = JSON.parse(sessionStorage.getItem("seen") ?? "[]").slice(-40);
    const known = seen.find(([each]) => each === stamp);
    if (known) return Math.max(0, device - known[1]);
    sessionStorage.setItem("seen", JSON.stringify([...seen, [stamp, device]]));
  } catch {
    // Storage is off: the page's own time stays.
  }
  return 0;
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
    // data-left="span": in a column headed by what is counted, the bare length.
    const said = time.dataset.left === "span" ? words.bare(text(seconds)) : text(seconds);
    if (time.textContent !== said) time.textContent = said;
    const chip = time.closest(".due, .board li");
    chip?.classList.toggle("last", seconds <= HOUR);
    chip?.classList.toggle("soon", seconds > HOUR && seconds <= 3 * DAY);
  }
  // Seconds in the last hour; else at the next whole minute is enough.
  setTimeout(tick, soonest <= HOUR + 60 ? 1000 - (now % 1000) : 20_000);
}

if (!Number.isNaN(server)) tick();
