// Fields of a round's own form: those that are asked only after another answer (data-if, data-among) come and go with
// it, and a long text can be read as its readers will (data-preview).
const answers = (name) =>
  [...document.querySelectorAll(`[name="${CSS.escape(name)}"]`)].flatMap((input) => {
    if (input.type === "checkbox" && input.closest("[data-part]")?.querySelectorAll("[type=checkbox]").length === 1) {
      return [input.checked ? "yes" : "no", ...(input.checked ? [input.value] : [])];
    }
    return input.type === "checkbox" || input.type === "radio" ? (input.checked ? [input.value] : []) : [input.value];
  });

// A field depends on one that is itself asked: what is hidden answers nothing.
function look() {
  const parts = [...document.querySelectorAll("[data-if]")];
  for (let round = 0; round < parts.length; round++) {
    let moved = false;
    for (const part of parts) {
      const other = document.querySelector(`[name="${CSS.escape(part.dataset.if)}"]`)?.closest("[data-part]");
      const asked = !other?.hidden && answers(part.dataset.if).some((each) => part.dataset.among.split(" ").includes(each));
      moved ||= part.hidden === asked;
      part.hidden = !asked;
    }
    if (!moved) break;
  }
}

async function preview(box) {
  const source = document.getElementById(box.dataset.of);
  const token = box.closest("form")?.querySelector("[name=csrf_token]")?.value ?? "";
  const shown = box.querySelector(".prose");
  try {
    const answer = await fetch(box.dataset.preview, {
      method: "POST",
      body: new URLSearchParams({ text: source.value }),
      headers: { "X-CSRFToken": token },
    });
    if (!answer.ok) throw new Error(answer.statusText);
    shown.innerHTML = await answer.text();
  } catch {
    shown.textContent = source.value;
  }
}

function ready() {
  for (const box of document.querySelectorAll("[data-preview][hidden]")) {
    box.hidden = false;
    box.addEventListener("toggle", () => box.open && preview(box));
  }
  look();
}

document.addEventListener("change", look);
document.addEventListener("draft:drawn", ready);
document.addEventListener("page:replaced", ready);
ready();
