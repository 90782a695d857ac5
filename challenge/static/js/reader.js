// The reader's zone and theme. Both also work without a script: the zone as a choice in the profile, the theme by
// the buttons of the form "reader".

// Told once, so that the server can show deadlines in the reader's zone; a choice already made is kept.
if (!/(^|; )zone=/.test(document.cookie)) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax${secure}`;
  }
}

const root = document.documentElement;
const device = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  return root.dataset.theme === "dark" || (root.dataset.theme !== "light" && device.matches);
}

function show(theme) {
  root.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-theme-set]")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
  for (const use of document.querySelectorAll("[data-theme-switch] use")) {
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, isDark() ? "#sun" : "#moon"));
  }
}

// With a script the theme changes in place and the same form is posted in the background.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-theme-switch], [data-theme-set]");
  if (!button) return;
  event.preventDefault();
  const before = root.dataset.theme;
  const theme = button.matches("[data-theme-set]") ? button.value : isDark() ? "light" : "dark";
  show(theme);
  const body = new URLSearchParams(new FormData(button.form));
  body.set("theme", theme);
  const answer = await fetch(button.form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
  if (!answer || answer.status >= 400) show(before);
});

if (root.dataset.theme === "auto") show("auto");
