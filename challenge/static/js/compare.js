// Files that somebody chooses are compared with those that a verified receipt names, here: nothing is sent anywhere.
const MOST = 1024 ** 3; // the digest is taken of a whole file in memory

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function line(list, tone, mark, text) {
  const item = list.appendChild(document.createElement("li"));
  const badge = item.appendChild(document.createElement("span"));
  badge.className = `badge ${tone}`;
  badge.textContent = mark;
  item.append(` ${text}`);
}

async function compare(part, files) {
  const named = JSON.parse(part.dataset.compare);
  const said = part.dataset;
  const list = part.querySelector("ul");
  list.replaceChildren();
  for (const file of files) {
    if (file.size > MOST) {
      line(list, "warn", "!", `${file.name}: ${said.large}`);
      continue;
    }
    try {
      const digest = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
      const same = named.find((each) => each.sha256 === digest);
      const called = named.find((each) => each.name === file.name);
      if (same) line(list, "good", "✓", `${file.name}: ${said.same} ${same.name}`);
      else line(list, "bad", "✗", `${file.name}: ${called ? said.differs : said.strange}`);
    } catch {
      line(list, "warn", "!", `${file.name}: ${said.unread}`);
    }
  }
}

for (const part of document.querySelectorAll("[data-compare]")) {
  if (!globalThis.crypto?.subtle) continue; // only pages that came safely may take digests
  part.hidden = false;
  part.querySelector("input").addEventListener("change", (event) => compare(part, [...event.target.files]));
}
