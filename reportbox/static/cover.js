// A page left open when its session ends is taken out of the document, and comes back
// as it was, with what was typed, for the same person. Every page works without this.
const { here = "", left, ask, door } = document.body.dataset;
const tabs = new BroadcastChannel("reportbox");
const OFTEN = 20 * 1000; // milliseconds between two looks at a page that is seen
let ends = inSeconds(left);
let taken = null;

// Tabs of one browser share a session: whoever logs in or out tells the others.
tabs.postMessage(here);

if (here) {
  tabs.addEventListener("message", ({ data }) => { if (data !== here || taken) look(); });
  // By the clock on the wall: a timer stands still while a laptop sleeps.
  setInterval(() => { if (Date.now() > ends || !document.hidden) look(); }, OFTEN);
  document.addEventListener("visibilitychange", look);
  addEventListener("pageshow", ({ persisted }) => { if (persisted) look(); });
}

function inSeconds(count) { return Date.now() + Number(count) * 1000; }

// To ask is no use of the session: an open page keeps nobody logged in.
async function look() {
  let now;
  try {
    now = await (await fetch(ask)).json();
  } catch {
    if (Date.now() > ends) cover(); // no answer: the page's own count decides
    return;
  }
  if (now.here === here) {
    ends = inSeconds(now.left);
    uncover(now.token);
  } else if (now.here) {
    location.replace("/"); // somebody else sits here now
  } else {
    cover();
  }
}

function cover() {
  if (taken) return;
  document.querySelector("dialog[open]")?.close();
  const { title, activeElement: at, body } = document;
  taken = { title, at, from: scrollY, nodes: [...body.childNodes] };
  const main = document.createElement("main");
  const heading = document.createElement("h1");
  heading.textContent = "Your session has ended";
  heading.tabIndex = -1;
  const why = document.createElement("p");
  why.textContent = "This page is covered, so that nobody reads it in your absence. Log in again "
    + "in another tab, and it is back here as you left it, with what you had typed.";
  const link = document.createElement("a");
  Object.assign(link, { href: door, target: "_blank", rel: "noopener", className: "button main-button" });
  link.textContent = "Log in again (in a new tab)";
  main.append(heading, why, link);
  body.replaceChildren(main);
  document.title = heading.textContent;
  heading.focus();
}

function uncover(token) {
  if (taken) {
    document.body.replaceChildren(...taken.nodes);
    document.title = taken.title;
    scrollTo(0, taken.from);
    taken.at?.focus();
    taken = null;
  }
  // A new session has a new token, which what was typed must go with.
  for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = token;
  for (const one of document.querySelectorAll("[data-token]")) one.dataset.token = token;
}
