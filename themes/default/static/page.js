// What an open page does by itself: times in the reader's own zone, how long ago, what becomes true
// by the clock, and word of a newer version. Without it everything can be read as well.
(() => {
  "use strict";

  const MINUTE = 60000;
  const all = (selector) => document.querySelectorAll(selector);
  const find = (selector) => document.querySelector(selector);
  const root = document.documentElement;

  // The page has 24 hours and the day before the month, as British English does.
  const language = root.lang.replace(/^en$/, "en-GB");
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const zoned = { ...clock, timeZoneName: "short" };
  const format = (options) => new Intl.DateTimeFormat(language, options).format;
  const tellClock = format(clock);
  const tellZoned = format(zoned);
  const tellMoment = format({ ...zoned, day: "numeric", month: "long", year: "numeric" });

  let isOwn = false; // whether times are shown in the reader's own zone
  let minute = 0; // when the last minute began
  let timer;
  let version; // of the page that is open

  // Where storage is denied even a look at it throws: the choice then holds for this page alone.
  function remember(...choice) {
    try {
      if (choice.length) localStorage.setItem("zone", choice[0]);
      return localStorage.getItem("zone");
    } catch {
      return null;
    }
  }

  function offerZones() {
    const select = find("#zone");
    if (!select) return;
    const now = new Date();
    const at = (timeZone) => now.toLocaleString("en", { timeZone });
    const differs = at(select.dataset.zone) !== at();
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    select[1].text = select[1].text.replace("…", timeZone);
    select.parentNode.hidden = !differs;
    select.parentNode.previousElementSibling.hidden = differs;
    select.value = (differs && remember()) || "";
    select.onchange = () => {
      remember(select.value);
      choose();
    };
    if (select.value) choose();

    function choose() {
      isOwn = select.value === "own";
      showTimes();
    }
  }

  // The end of a span is a clock alone if it is on the day of its start: that is another day here
  // than there, and the offset may change in between.
  function showTimes() {
    let before;
    for (const time of all("time[datetime*=T]:not([data-fixed])")) {
      const at = new Date(time.dateTime);
      const isBrief = "clock" in time.dataset && before?.toDateString() === at.toDateString();
      const isSame = before?.getTimezoneOffset() === at.getTimezoneOffset();
      const tell = !isBrief ? tellMoment : isSame ? tellClock : tellZoned;
      time.said ??= time.textContent;
      time.textContent = isOwn ? tell(at) : time.said;
      time.title = isOwn ? time.said : "";
      before = at;
    }
  }

  // Never more than it is: an hour is told when it is full.
  function showAges(now) {
    for (const time of all("[data-relative]")) {
      const minutes = Math.trunc((new Date(time.dateTime) - now) / MINUTE);
      const [count, unit] = Math.abs(minutes) < 120 ? [minutes, "minute"]
        : Math.abs(minutes) < 2880 ? [Math.trunc(minutes / 60), "hour"]
          : [Math.trunc(minutes / 1440), "day"];
      const numeric = count ? "always" : "auto"; // this minute, not in 0 minutes
      const told = new Intl.RelativeTimeFormat(language, { numeric }).format(count, unit);
      if (!time.age) {
        time.after(" ", time.age = document.createElement("span"));
        time.age.className = "age";
      }
      time.age.textContent = `(${told})`;
    }
  }

  // A template with an instant holds one element: from then on it stands in place of the one before.
  // Tells when the next one is due.
  function takeTurns(now) {
    let due = Infinity;
    for (const next of all("template[data-at]")) {
      const at = Date.parse(next.dataset.at);
      if (at > now) {
        due = Math.min(due, at);
      } else {
        next.previousElementSibling.replaceWith(next.content);
        next.remove();
      }
    }
    return due;
  }

  // What tells one version of this page from another. The browser's own copy tells which is open,
  // without asking anybody; to ask whether it is still good costs no more than a yes.
  async function ask(cache) {
    try {
      const { ok, headers } = await fetch(location.href, { cache });
      return ok && (headers.get("etag") || headers.get("last-modified"));
    } catch {} // without a network there is no news
  }

  async function look(news) {
    const [open, newest] = [await version, await ask("no-cache")];
    if (!open) version = newest;
    if (!open || !newest) return;
    news.hidden = open === newest;
    news.querySelector("button").onclick = () => location.reload();
  }

  function tick() {
    clearTimeout(timer);
    if (document.hidden) return; // when it is seen again, it makes up for it
    const now = Date.parse(root.dataset.now) || Date.now(); // a preview may stand still
    const due = takeTurns(now);
    showAges(now);
    if (isOwn) showTimes();
    if (Math.abs(now - minute) >= MINUTE) {
      minute = now; // also where a clock was put back
      const news = find(".news [hidden]");
      if (news && navigator.onLine) look(news);
    }
    timer = setTimeout(tick, Math.min(due, minute + MINUTE) - now);
  }

  function begin() {
    version = find(".news") && ask("force-cache");
    isOwn = false;
    tick();
    offerZones(); // last, since an old browser may not know the page's zone, and gives up
  }

  document.addEventListener("visibilitychange", tick);
  document.addEventListener("statusgen:renewed", begin); // the preview has put in another body
  begin();
})();
