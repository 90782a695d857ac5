// Files: what was chosen is listed and checked before it travels; a form with data-upload shows how far it is.
import { words, bytes, icon } from "./words.js";
import { release } from "./submit.js";

function line(file, limit) {
  const item = document.createElement("li");
  const what = document.createElement("div");
  const size = document.createElement("span");
  size.className = "quiet num";
  size.textContent = bytes(file.size);
  what.append(file.name, " ", size);
  item.append(icon("file"), what);
  if (file.size > limit) {
    const fault = document.createElement("p");
    fault.className = "err";
    fault.append(icon("warn"), words.tooBig(bytes(file.size), bytes(limit)));
    what.append(fault);
  }
  return item;
}

function list(input) {
  const field = input.closest("[data-files]");
  const shown = field?.querySelector("[data-chosen]");
  if (!shown) return;
  const limit = Number(input.dataset.max ?? Infinity);
  const files = [...input.files];
  const big = files.find((file) => file.size > limit);
  shown.hidden = files.length === 0;
  shown.replaceChildren(...files.map((file) => line(file, limit)));
  input.setCustomValidity(big ? `${big.name}: ${words.tooBig(bytes(big.size), bytes(limit))}` : "");
}

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-tus]")) return; // these go up at once (upload.js)
  if (event.target.matches("[data-files] input[type=file]")) list(event.target);
});

for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    const zone = event.target.closest?.(".drop");
    const input = zone?.querySelector("input[type=file]");
    if (!input) return;
    event.preventDefault();
    zone.classList.toggle("over", type === "dragenter" || type === "dragover");
    if (type !== "drop" || !event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function status(form) {
  const box = document.createElement("div");
  const text = document.createElement("p");
  const bar = document.createElement("progress");
  box.className = "sending";
  text.setAttribute("role", "status");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-hidden", "true");
  box.append(text, bar);
  form.querySelector(".sending")?.remove();
  form.append(box);
  return {
    at(sent, all) {
      bar.value = all ? (100 * sent) / all : 0;
      text.textContent = sent < all ? words.sending(bytes(sent), bytes(all)) : words.checking;
    },
    fail() {
      bar.remove();
      text.setAttribute("role", "alert");
      text.replaceChildren(icon("warn"), " ", words.lost);
    },
  };
}

// The answer is a page: either where the server sent us, or the form again with what must change. It is put in place
// of this one, so that messages it carries are not lost by fetching it twice.
function replacePage(request) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  if (!page.getElementById("main")) {
    location.assign(request.responseURL);
    return;
  }
  history.replaceState({ replaced: location.href }, "");
  history.pushState({ replaced: request.responseURL }, "", request.responseURL);
  document.title = page.title;
  for (const link of page.querySelectorAll("link[rel=stylesheet]")) {
    if (!document.querySelector(`link[href="${CSS.escape(link.getAttribute("href"))}"]`)) document.head.append(link);
  }
  document.body.replaceWith(page.body);
  window.htmx?.process(document.body);
  document.getElementById("main").focus();
  document.dispatchEvent(new CustomEvent("page:replaced"));
  scrollTo(0, 0);
}

// Going back over a replaced page loads it anew; links to a part of the page carry no state and stay as they are.
addEventListener("popstate", (event) => {
  if (event.state?.replaced) location.reload();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-upload]") || event.defaultPrevented) return;
  const chosen = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
  if (!chosen) return;
  event.preventDefault();
  const shown = status(form);
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (moved) => shown.at(moved.loaded, moved.total));
  request.addEventListener("load", () => replacePage(request));
  for (const fault of ["error", "timeout", "abort"]) {
    request.addEventListener(fault, () => {
      shown.fail();
      release(form);
    });
  }
  request.open("POST", event.submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href);
  request.setRequestHeader("Accept", "text/html");
  request.send(new FormData(form, event.submitter));
});
