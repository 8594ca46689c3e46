// Tells in each link with `data-status` how the service does now, or one component: data-status="api".
// Where that cannot be known, the link stays as it was written: it never tells what was true once.
(() => {
  "use strict";

  const place = document.currentScript.src;
  const circle = "M10 1a9 9 0 1 1 0 18 9 9 0 0 1 0-18z";
  const square = "M6 1h8a5 5 0 0 1 5 5v8a5 5 0 0 1-5 5H6a5 5 0 0 1-5-5V6a5 5 0 0 1 5-5z";
  const diamond = "m10 .8 9.2 9.2-9.2 9.2L.8 10z";
  const triangle = "M10 1.6 19 18H1z";
  const octagon = "M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3z";
  const looks = {
    none: ["#2f9e44", circle], operational: ["#2f9e44", circle],
    maintenance: ["#1c7ed6", square], under_maintenance: ["#1c7ed6", square],
    minor: ["#f08c00", triangle], degraded_performance: ["#f08c00", triangle],
    major: ["#e8590c", diamond], partial_outage: ["#e8590c", diamond],
    critical: ["#e03131", octagon], major_outage: ["#e03131", octagon],
  };

  function icon([colour, shape]) {
    const [svg, path] = ["svg", "path"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name));
    svg.setAttribute("viewBox", "0 0 20 20");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("width", "0.75em");
    svg.setAttribute("height", "0.75em");
    path.setAttribute("fill", colour);
    path.setAttribute("d", shape);
    svg.append(path);
    return svg;
  }

  // What the clock has made of a state by now: the last of its turns that is past.
  const now = (told) => told?.turns.filter(({ at }) => Date.parse(at) <= Date.now()).pop() ?? told;

  function tell(link, all) {
    const id = link.dataset.status;
    const state = all && now(id ? all.components.find((one) => one.id === id) : all.status);
    const look = looks[state?.indicator ?? state?.status];
    link.said ??= [...link.childNodes];
    link.replaceChildren(...(look ? [icon(look), ` ${state.description}`] : link.said));
    link.hidden = "quiet" in link.dataset && look === looks[id ? "operational" : "none"];
  }

  async function show() {
    if (document.hidden) return;
    let all;
    try {
      const answer = await fetch(new URL("status.json", place), { cache: "no-cache", credentials: "omit" });
      all = answer.ok && (await answer.json());
    } catch {} // without a network nobody knows
    for (const link of document.querySelectorAll("a[data-status]")) tell(link, all);
  }

  document.addEventListener("visibilitychange", show);
  document.addEventListener("DOMContentLoaded", show);
  setInterval(show, 60000);
  show();
})();
