// Small comforts. Every page works without this file.

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => setTimeout(() => {
    // After the form was read: a disabled button would not be sent along.
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  }));
}

// Keys: a letter does what the page's own button or field with data-key does.
const isTyping = (at) => at.closest("input:not([type=radio], [type=checkbox]), textarea, select");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!found?.checkVisibility() || document.body.dataset.keys === "off") return;
  event.preventDefault();
  if (event.key === "?") { showKeys(found.href); return; }
  if (found.matches("input")) found.focus();
  if (!found.matches("input:not([type=radio], [type=checkbox])")) found.click();
});

// “?” lays the list of keys over the page, so that nothing typed is left behind.
async function showKeys(address) {
  const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
  const dialog = document.createElement("dialog");
  dialog.append(...page.querySelector("main").children);
  const close = document.createElement("button");
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(close);
  document.body.append(dialog);
  dialog.showModal();
}

// Copying asks the box for the live address, which writes that down, and fills the
// clipboard. Without scripts, or without a clipboard, the page shows it instead.
for (const form of document.querySelectorAll("form[data-copy]")) {
  form.hidden = !navigator.clipboard;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = form.parentElement.querySelector("[data-copied]") ?? form.querySelector("button");
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    const text = await answer.text();
    if (!answer.headers.get("Content-Type")?.startsWith("text/plain")) {
      form.submit(); // refused: let the page say why
      return;
    }
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = "Copied. Judge it when you have looked.";
    } catch {
      said.textContent = "This browser keeps its clipboard closed: show the address instead.";
    }
  });
}

// The claim is kept while somebody is at work on this page.
for (const mine of document.querySelectorAll("[data-renew]")) {
  let active = false;
  for (const kind of ["keydown", "pointermove", "focusin"]) {
    document.addEventListener(kind, () => { active = true; });
  }
  setInterval(() => {
    if (!active) return;
    active = false;
    const body = new URLSearchParams({ csrf_token: mine.dataset.token });
    fetch(mine.dataset.renew, { method: "POST", body });
  }, 4 * 60 * 1000);
}

// “;code ” becomes the text behind it while one types; the box does the same anyway.
for (const form of document.querySelectorAll("[data-snippets]")) {
  const texts = JSON.parse(form.dataset.snippets);
  form.addEventListener("input", ({ target }) => {
    if (!target.matches("textarea, input:not([type])[name], input[type=text]")) return;
    target.value = target.value.replace(/(^|\s);([a-z0-9_-]{1,20})(?=\s$)/,
      (all, before, code) => (Object.hasOwn(texts, code) ? before + texts[code] : all));
  });
}

// Everything on this page at once; without scripts each is ticked by itself.
for (const button of document.querySelectorAll("[data-tick-all]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const box of button.form.querySelectorAll("input[name=item]")) box.checked = true;
  });
}

// A page that shows progress looks again by itself.
for (const one of document.querySelectorAll("[data-reload]")) {
  setTimeout(() => location.reload(), Number(one.dataset.reload) * 1000);
}

// The error summary takes the focus, so that a screen reader begins there.
document.querySelector("[data-focus]")?.focus();

// Passkeys: ask the authenticator, put its answer into the form, send the form.
const sentences = {
  NotAllowedError: "No passkey was used: it was cancelled, or it took too long. Try again.",
  InvalidStateError: "This device holds a passkey for your account already.",
  unsupported: "This browser cannot use passkeys here. Use a code instead.",
};
const askAuthenticator = ({ passkeyMake, passkeyUse }) => passkeyMake
  ? navigator.credentials.create({
    publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(passkeyMake)) })
  : navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(passkeyUse)) });

for (const form of document.querySelectorAll("[data-passkey-make], [data-passkey-use]")) {
  form.hidden = false;
  // Where a code may be typed as well, a button of its own asks for the passkey.
  const own = form.querySelector("[data-passkey-button]");
  if (own) own.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (own && event.submitter !== own) return;
    event.preventDefault();
    const message = form.querySelector("[data-passkey-message]");
    message.textContent = "";
    try {
      const credential = await askAuthenticator(form.dataset);
      const field = own ? form.elements.second_passkey : form.elements.credential;
      field.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch (error) {
      const known = window.PublicKeyCredential?.parseCreationOptionsFromJSON;
      message.textContent = known
        ? sentences[error.name] ?? "The passkey could not be used. Try again, or use a code."
        : sentences.unsupported;
    }
  });
}
