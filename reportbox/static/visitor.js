// Small comforts for visitors. Every page works without this file.

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => setTimeout(() => {
    // After the form was read: a disabled button would not be sent along.
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  }));
}
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button:disabled")) button.disabled = false;
});

// The proof of work (ALTCHA) begins when somebody begins to write, in a worker of its
// own. Where it fails or is still at it, the box lets the form wait a little instead.
for (const form of document.querySelectorAll("form[data-work]")) {
  form.addEventListener("input", async () => {
    try {
      const answer = await fetch(form.dataset.work, { credentials: "omit" });
      const challenge = await answer.json();
      if (!challenge.parameters) return;
      const worker = new Worker(new URL("altcha-pbkdf2.js", import.meta.url));
      worker.addEventListener("message", ({ data }) => {
        worker.terminate();
        if (data?.derivedKey) form.elements.work.value = btoa(JSON.stringify({ challenge, solution: data }));
      });
      worker.postMessage({ type: "work", challenge, timeout: 90000 });
    } catch { /* the wait does it as well */ }
  }, { once: true });
}

// A form that must wait sends itself when the time has come.
for (const form of document.querySelectorAll("form[data-wait]")) {
  setTimeout(() => form.requestSubmit(), (Number(form.dataset.wait) + 1) * 1000);
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// The error summary takes the focus, so that a screen reader begins there.
document.querySelector("[data-focus]")?.focus();

// In a frame: tell the page around it how high this one is, and nothing else.
if (window.parent !== window) {
  const tell = () => window.parent.postMessage(
    { reportBoxHeight: document.documentElement.offsetHeight }, "*");
  new ResizeObserver(tell).observe(document.documentElement);
}
