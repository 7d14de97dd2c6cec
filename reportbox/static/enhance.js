// Small comforts. Every page works without this file.

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
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
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const message = form.querySelector("[data-passkey-message]");
    message.textContent = "";
    try {
      const credential = await askAuthenticator(form.dataset);
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch (error) {
      const known = window.PublicKeyCredential?.parseCreationOptionsFromJSON;
      message.textContent = known
        ? sentences[error.name] ?? "The passkey could not be used. Try again, or use a code."
        : sentences.unsupported;
    }
  });
}
