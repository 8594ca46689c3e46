// The preview's part in the browser. The server says what this page shows now; where that is not
// what is shown here, the page is renewed, or only its style sheets are. What is wrong is laid over
// the page until it is mended.
(() => {
  "use strict";

  const script = document.currentScript;
  const links = [...document.querySelectorAll('link[rel~="stylesheet"]')];
  const goesOn = "waiting" in document.body.dataset
    ? "The page comes with the fix."
    : "You see the last good page; this goes away with the fix.";
  let shown = JSON.parse(script.dataset.shown);
  let overlay = null;
  let events = null;
  let turns = 0; // how often the page was asked for: only the last answer counts

  // A browser keeps few connections to one host open, so that a page out of sight lets go of its
  // own; when it is seen again, it is told what it missed.
  function listen() {
    events?.close();
    events = null;
    if (document.hidden) return;
    events = new EventSource(`/.statusgen/events?${new URLSearchParams({ page: location.pathname })}`);
    events.onmessage = (event) => {
      const news = JSON.parse(event.data);
      show(news.shown, news.text);
    };
  }

  function show(now, text) {
    if (now.pictures !== shown.pictures || now.styles.length !== shown.styles.length) reload();
    else if (now.page !== shown.page) renew(text).catch(() => {}); // without a server there is no news
    else showRest(now);
  }

  function showRest(now) {
    now.styles.forEach(([href, digest], index) => {
      const [oldHref, oldDigest] = shown.styles[index];
      if (href !== oldHref || digest !== oldDigest) replaceSheet(index, href, digest);
    });
    if (JSON.stringify(now.problems) !== JSON.stringify(shown.problems)) tell(now.problems);
    shown = now;
  }

  function reload() {
    events?.close();
    location.reload();
  }

  // A browser takes several times as long to load a page as to show another text in its place, and
  // that is the same for a page without scripts, or whose scripts say that they begin anew with each
  // text when they are told. Where it may not be, the page is loaded.
  async function renew(text) {
    const turn = ++turns;
    const answer = text ? null : await fetch(location.pathname);
    const next = new DOMParser().parseFromString(text ?? await answer.text(), "text/html");
    if (turn !== turns) return;
    const known = next.querySelector(`script[src="${script.getAttribute("src")}"]`)?.dataset.shown;
    const isActive = next.body.querySelector('iframe, link[rel~="stylesheet"]') || scripts(next) !== scripts(document);
    if (!known || answer?.redirected || isActive || location.hash || head(next) !== head(document)) {
      reload();
      return;
    }
    copyAttributes(next.documentElement, document.documentElement);
    copyAttributes(next.body, document.body);
    document.title = next.title;
    document.body.replaceChildren(...next.body.childNodes);
    document.dispatchEvent(new Event("statusgen:renewed"));
    const now = JSON.parse(known);
    if (now.styles.length !== shown.styles.length) reload();
    else showRest(now);
  }

  // The page's own scripts, but for data; with one among them that does not begin anew, a page is like no other.
  function scripts(page) {
    const own = [...page.scripts].filter((each) => each.type !== "application/ld+json" && each.getAttribute("src") !== script.getAttribute("src"));
    return own.every((each) => "renewable" in each.dataset) ? own.map((each) => each.outerHTML).join("") : Symbol();
  }

  function copyAttributes(from, to) {
    for (const { name } of [...to.attributes]) to.removeAttribute(name);
    for (const { name, value } of from.attributes) to.setAttribute(name, value);
  }

  // What a head says, but for what is renewed by itself or seen by nobody.
  function head(page) {
    const copy = page.head.cloneNode(true);
    const others = 'title, script, [rel~="stylesheet"], [rel="canonical"], [name="description"], [property]';
    for (const each of copy.querySelectorAll(others)) each.remove();
    return copy.innerHTML.replace(/\s+/g, " ");
  }

  // The old sheet stays until the new one is there: without any the page would lose its place.
  function replaceSheet(index, href, digest) {
    const old = links[index];
    const fresh = old.cloneNode();
    fresh.href = `${href}?${digest}`;
    fresh.onload = () => {
      while (fresh.previousElementSibling?.dataset.old === String(index)) {
        fresh.previousElementSibling.remove();
      }
    };
    old.dataset.old = index;
    old.after(fresh);
    links[index] = fresh;
  }

  // In a tree of its own, where no style of the page reaches it.
  function tell(problems) {
    overlay?.remove();
    overlay = null;
    if (!problems.length) return;
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    const close = element("button", { type: "button", textContent: "Dismiss" });
    close.onclick = () => dismiss();
    const panel = element("section", { className: "problems" },
      element("div", { className: "title" },
        element("h2", { id: "title", textContent: count }),
        close),
      element("p", { className: "quiet", textContent: goesOn }),
      element("ol", { tabIndex: 0 }, ...problems.map(one)));
    panel.setAttribute("role", "alert");
    panel.setAttribute("aria-labelledby", "title");
    panel.querySelector("ol").setAttribute("aria-labelledby", "title");
    overlay = element("div", { id: "statusgen-problems", hidden: true });
    const sheet = element("link", { rel: "stylesheet", href: "/.statusgen/preview.css" });
    const mine = overlay;
    sheet.onload = () => { mine.hidden = false; };
    overlay.attachShadow({ mode: "open" }).append(sheet, panel);
    document.documentElement.append(overlay); // the body is renewed
  }

  function one(problem) {
    const item = element("li", {});
    if (problem.where) item.append(element("code", { textContent: problem.where }), " ");
    if (problem.address) item.append(element("span", { className: "quiet", textContent: problem.address }));
    item.append(element("p", { textContent: problem.message }));
    return item;
  }

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function dismiss() {
    overlay?.remove();
    overlay = null;
  }

  // A mail is as high as what it says; it may run no script, so that this one looks.
  for (const frame of document.querySelectorAll("iframe.mail")) {
    const fit = () => {
      frame.style.height = 0; // a page is never lower than its window
      const borders = frame.offsetHeight - frame.clientHeight;
      frame.style.height = `${frame.contentDocument.documentElement.scrollHeight + borders}px`;
    };
    frame.addEventListener("load", () => { fit(); addEventListener("resize", fit); });
    if (frame.contentDocument?.readyState === "complete") fit();
  }

  document.addEventListener("keydown", (event) => { if (event.key === "Escape") dismiss(); });
  document.addEventListener("visibilitychange", listen);
  tell(shown.problems);
  listen();
})();
