// Comparing by keys: 1 and 2 press a button, 0 goes to the reason for skipping. A form is sent once.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, textarea, select")) return;
  const wanted = document.querySelector(`[data-pair] [data-key="${CSS.escape(event.key)}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("button")) wanted.click();
  else wanted.focus();
});
