// The public form on another page: a frame that grows with what is in it.
(() => {
  const me = document.currentScript;
  const home = new URL(me.src).origin;
  const { lang, campaign, title } = me.dataset;
  const asked = new URLSearchParams();
  if (lang) asked.set("lang", lang);
  if (campaign) asked.set("campaign", campaign);
  const frame = document.createElement("iframe");
  frame.src = `${home}/?${asked}`;
  frame.title = title || "Report a web address";
  frame.referrerPolicy = "no-referrer";
  frame.setAttribute("sandbox", "allow-forms allow-scripts allow-same-origin allow-modals");
  Object.assign(frame.style, { width: "100%", border: "0", height: "1100px" });
  me.after(frame);
  addEventListener("message", ({ source, origin, data }) => {
    const height = Number(data?.reportBoxHeight);
    if (source !== frame.contentWindow || origin !== home || !(height > 0)) return;
    frame.style.height = `${Math.min(height, 20000)}px`;
  });
})();
