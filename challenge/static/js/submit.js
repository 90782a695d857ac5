// What happens between pressing a button and leaving the page: the question first (data-confirm), then never twice.
import { words } from "./words.js";

const sure = new WeakSet(); // buttons and forms whose question was just answered

function button(text, kind) {
  const made = document.createElement("button");
  made.textContent = text;
  made.className = kind;
  return made;
}

/** Ask in a native dialog. Resolves to true when the reader confirms. data-confirm is the question,
 *  data-confirm-text the consequence, -verb and -back the buttons, -type a name to be typed first. */
function ask(data) {
  const dialog = document.createElement("dialog");
  const form = document.createElement("form");
  const title = document.createElement("h2");
  const row = document.createElement("p");
  const yes = button(data.confirmVerb ?? words.confirm, "btn main");
  const no = button(data.confirmBack ?? words.back, "btn");
  form.method = "dialog";
  form.className = "stack";
  title.id = "confirm-title";
  title.textContent = data.confirm;
  dialog.setAttribute("aria-labelledby", title.id);
  yes.value = "yes";
  no.type = "button";
  no.addEventListener("click", () => dialog.close());
  row.className = "row";
  row.append(yes, no);
  form.append(title);
  if (data.confirmText) {
    const text = document.createElement("p");
    text.id = "confirm-text";
    text.textContent = data.confirmText;
    dialog.setAttribute("aria-describedby", text.id);
    form.append(text);
  }
  if (data.confirmType) {
    const field = document.createElement("label");
    const input = document.createElement("input");
    field.className = "field";
    input.autocomplete = "off";
    input.addEventListener("input", () => (yes.disabled = input.value.trim() !== data.confirmType));
    yes.disabled = true;
    field.append(words.typeName(data.confirmType), input);
    form.append(field);
  }
  form.append(row);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  if (!data.confirmType) no.focus();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      answer(dialog.returnValue === "yes");
    });
  });
}

// The question comes before all other listeners, htmx's too.
document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    const asked = [event.submitter, form].find((element) => element?.dataset.confirm);
    if (!asked || sure.delete(asked)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    if (await ask(asked.dataset)) {
      sure.add(asked);
      form.requestSubmit(submitter);
      sure.delete(asked);
    } else submitter?.focus();
  },
  true,
);

const busy = new WeakMap(); // form -> its pressed button

export function release(form) {
  busy.get(form)?.removeAttribute("aria-busy");
  busy.delete(form);
}

// A second press while the first is under way does nothing. The button is not disabled before the browser has read
// its name and value, so these always arrive. data-again: a form whose answer is a download may be sent again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || event.defaultPrevented || form.hasAttribute("data-again")) return;
  if (busy.has(form)) {
    event.preventDefault();
    return;
  }
  const pressed = event.submitter ?? form;
  busy.set(form, pressed);
  pressed.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), 15_000);
});

// Back in the browser shows the page as it was left: set it free again.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const pressed of document.querySelectorAll("[aria-busy=true]")) release(pressed.form ?? pressed);
});
