// A hall follows its stage: every part with data-follow asks its address again and is drawn anew where its mark
// (the ETag) has changed. Clocks count by the server's time, which is the same in every window.
import { serverNow } from "./countdown.js";

const PAUSE = 1000;

function marked(part) {
  return `[data-follow="${CSS.escape(part.dataset.follow)}"]`;
}

async function look(part) {
  const mark = part.dataset.mark;
  try {
    const answer = await fetch(part.dataset.follow, {
      cache: "no-store",
      headers: mark ? { "If-None-Match": `"${mark}"` } : {},
    });
    if (answer.status === 200 && !answer.redirected) draw(part, await answer.text());
  } catch {
    // The line is down for a moment: the clock goes on, the next look may reach the server.
  }
  if (part.isConnected) setTimeout(look, PAUSE, part);
}

function draw(part, text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.querySelector(marked(part));
  if (!fresh) return;
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  part.dataset.mark = fresh.dataset.mark;
  part.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
  const here = document.querySelector("[data-autosave]") && location.pathname;
  for (const link of part.querySelectorAll("a.btn")) if (link.pathname === here) link.remove(); // one is there
  if (focused) document.getElementById(focused)?.focus();
  tick();
}

function text(seconds) {
  const left = Math.abs(seconds);
  return `${seconds < 0 ? "-" : ""}${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}

function tick() {
  for (const clock of document.querySelectorAll("[data-clock]")) {
    const ends = Date.parse(clock.dataset.clock);
    if (Number.isNaN(ends)) continue;
    const seconds = Math.ceil((ends - serverNow()) / 1000);
    const said = text(seconds);
    if (clock.textContent !== said) clock.textContent = said;
    clock.classList.toggle("over", seconds < 0);
    clock.classList.toggle("soon", seconds >= 0 && seconds <= 60);
  }
}

setInterval(tick, 200);
tick();
document.querySelectorAll("[data-follow]").forEach(look);
