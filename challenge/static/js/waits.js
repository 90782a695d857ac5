// A part that waits for work of the server is asked for again every two seconds, until it waits no more.
const part = () => document.querySelector("[data-waits]");

async function look() {
  const waiting = part();
  if (!waiting) return;
  try {
    const answer = await fetch(waiting.dataset.waits, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(waiting.id);
    if (answer.ok && fresh) waiting.replaceWith(document.adoptNode(fresh));
  } catch {
    // The line is down for a moment: the next look may reach the server.
  }
  if (part()) setTimeout(look, 2000);
}

setTimeout(look, 2000);
