// Small comforts. Every page works without this file.

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
}

// The error summary takes the focus, so that a screen reader begins there.
document.querySelector("[data-focus]")?.focus();
