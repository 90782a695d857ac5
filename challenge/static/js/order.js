// A ballot: rows that go up and down, and whose places follow.
const ROW = "[data-ranked]";

function rowsOf(form) {
  return [...form.querySelectorAll(ROW)];
}

// A row that is moved gets a place, and so does every row above it; those below keep theirs or stay without.
function renumber(form, moved) {
  const rows = rowsOf(form);
  const placed = rows.map((row) => row.querySelector("input").value.trim() !== "");
  const last = Math.max(placed.lastIndexOf(true), rows.indexOf(moved));
  rows.forEach((row, place) => (row.querySelector("input").value = place <= last ? place + 1 : ""));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-order] [data-move]");
  if (!button) return;
  const row = button.closest(ROW);
  const up = button.dataset.move === "up";
  const other = up ? row.previousElementSibling : row.nextElementSibling;
  if (other) up ? other.before(row) : other.after(row);
  renumber(row.closest("[data-order]"), row);
  button.focus();
});

for (const moves of document.querySelectorAll("[data-order] [data-moves]")) moves.hidden = false;
