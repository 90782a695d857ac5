// Passkeys: a form with data-passkey="get" or "create" asks the browser with the options that it carries, puts the
// answer into its field and is sent. A browser that knows no passkeys shows the form's note instead.
const decode = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
const encode = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function readied(options) {
  const list = (name) => (options[name] || []).map((each) => ({ ...each, id: decode(each.id) }));
  const ready = { ...options, challenge: decode(options.challenge) };
  if (options.user) ready.user = { ...options.user, id: decode(options.user.id) };
  if (options.excludeCredentials) ready.excludeCredentials = list("excludeCredentials");
  if (options.allowCredentials) ready.allowCredentials = list("allowCredentials");
  return ready;
}

function told(key) {
  const said = key.response;
  const response = { clientDataJSON: encode(said.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (said[name]) response[name] = encode(said[name]);
  }
  const id = encode(key.rawId);
  return JSON.stringify({ id, rawId: id, type: key.type, response, clientExtensionResults: {} });
}

for (const form of document.querySelectorAll("[data-passkey]")) form.hidden = !window.PublicKeyCredential;

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-passkey]");
  const field = form?.querySelector("[data-passkey-answer], [name=passkey]");
  if (!field || field.value) return;
  event.preventDefault();
  event.stopPropagation();
  const publicKey = readied(JSON.parse(form.dataset.options));
  try {
    const key = await navigator.credentials[form.dataset.passkey]({ publicKey });
    field.value = told(key);
    form.submit();
  } catch {
    form.querySelector("[data-passkey-failed]").hidden = false;
  }
}, true);
