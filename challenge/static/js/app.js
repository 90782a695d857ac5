// The one entry point. Every page works without it; each module adds comfort to elements that ask by a data-
// attribute. Events are caught on the document, so parts that htmx brings later need no second start.
import "./reader.js";
import "./submit.js";
import "./countdown.js";
import "./page.js";

const wanted = [
  ["[data-rows]", "./rows.js"],
  ["[data-order]", "./order.js"],
  ["[data-pair]", "./pair.js"],
  ["[data-rubric]", "./score.js"],
  ["[data-autosave], [data-unsent]", "./card.js"],
  ["[data-files], [data-upload]", "./files.js"],
  ["[data-builder]", "./builder.js"],
  ["[data-tus]", "./upload.js"],
  ["[data-if], [data-preview]", "./asked.js"],
  ["[data-draft]", "./draft.js"],
  ["[data-need]", "./need.js"],
  ["[data-waits]", "./waits.js"],
  ["[data-compare]", "./compare.js"],
  ["[data-follow], [data-clock]", "./stage.js"],
  ["[data-opened]", "./opened.js"],
  ["[data-passkey]", "./passkey.js"],
];

// Modules for a few pages are loaded where their elements are, now or after a swap.
function load() {
  for (const [selector, module] of wanted) {
    if (document.querySelector(selector)) import(module);
  }
}

load();
document.addEventListener("htmx:after:swap", load);
