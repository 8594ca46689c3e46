// The search of the history. It asks for an index when somebody first looks for a word, the newest
// first, and for older ones only until there is enough to show.

const form = document.getElementById("search");
const years = document.getElementById("years");
const input = form.querySelector("input");
const status = form.querySelector("[role=status]");
const list = form.querySelector("ol");
const more = form.querySelector("button");
const { root, indexes } = form.dataset;

const SHOWN = 50; // so many at once
const PAUSE = 200; // milliseconds without a key, until it is looked for
const BEFORE = 60; // characters of a text before what was found in it
const AROUND = 200; // and in all

const MARKS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/g;
const ALONE = { ı: "i", ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ς: "σ" };

/** Spell a text so that case and accents make no difference: İ, I, ı and i are one letter. */
function fold(text) {
  const letters = text.normalize("NFKD").toLowerCase().replace(MARKS, "");
  return letters.replace(/[ıßæœøłđς]/g, (letter) => ALONE[letter]);
}

const loaded = new Map();

/** Load an index; one that could not be loaded is asked for again the next time. */
function load(path) {
  if (!loaded.has(path)) {
    const coming = fetch(root + path).then(read);
    coming.catch(() => loaded.delete(path));
    loaded.set(path, coming);
  }
  return loaded.get(path);
}

async function read(answer) {
  if (!answer.ok) throw new Error(answer.statusText);
  const { entries } = await answer.json();
  for (const one of entries) {
    one.all = fold([one.title, one.components, one.status, one.day, one.date, one.text].join("\n"));
  }
  return entries;
}

/** Tell where a text holds any of the words, as pairs of start and end, in order. */
function places(text, words) {
  let folded = "";
  const starts = [];
  const ends = [];
  let at = 0;
  for (const letter of text) {
    const piece = fold(letter);
    for (let unit = 0; unit < piece.length; unit++) {
      starts.push(at);
      ends.push(at + letter.length);
    }
    at += letter.length;
    if (!piece && ends.length) ends[ends.length - 1] = at; // an accent belongs to its letter
    folded += piece;
  }
  const found = [];
  for (const word of words) {
    for (let i = folded.indexOf(word); i >= 0; i = folded.indexOf(word, i + word.length)) {
      found.push([starts[i], ends[i + word.length - 1]]);
    }
  }
  return found.sort((a, b) => a[0] - b[0]);
}

/** Write a part of a text into an element, with what was found in it marked. */
function write(element, text, found, from = 0, to = text.length) {
  let at = from;
  for (const [start, end] of found) {
    if (start < at || end > to) continue;
    const mark = document.createElement("mark");
    mark.textContent = text.slice(start, end);
    element.append(text.slice(at, start), mark);
    at = end;
  }
  element.append(text.slice(at, to));
}

/** Write the part of a text in which something was found. */
function excerpt(element, text, words) {
  const found = places(text, words);
  const first = found.length ? found[0][0] : 0;
  let from = 0;
  if (first > BEFORE) from = Math.max(text.lastIndexOf(" ", first - BEFORE / 2) + 1, first - BEFORE);
  let to = text.length;
  if (to > from + AROUND) to = Math.max(text.lastIndexOf(" ", from + AROUND), first + BEFORE);
  if (from) element.append("… ");
  write(element, text, found, from, to);
  if (to < text.length) element.append(" …");
}

/** Make an item of the list. */
function item(one, words) {
  const made = form.querySelector("template").content.cloneNode(true);
  const link = made.querySelector("a");
  const snippet = made.querySelector(".snippet");
  link.href = root + one.path;
  if (one.lang) link.lang = one.lang; // not that of the page
  if (one.textLang) snippet.lang = one.textLang;
  write(link, one.title, places(one.title, words));
  const time = document.createElement("time");
  time.dateTime = one.date;
  time.textContent = one.day;
  const rest = [one.status, one.components].filter(Boolean).map((words) => " · " + words);
  made.querySelector(".meta").append(time, ...rest);
  excerpt(snippet, one.text, words);
  return made;
}

let current = 0;

/** Show what holds all the words: so many at the most, the newest first. */
async function search(limit = SHOWN) {
  const mine = ++current;
  const query = input.value.trim();
  const words = fold(query).split(/\s+/).filter(Boolean);
  history.replaceState(null, "", query ? "?q=" + encodeURIComponent(query) : location.pathname);
  if (!words.length) return show([], words, "", false);

  if (limit === SHOWN) status.textContent = form.dataset.searching;
  const found = [];
  try {
    for (const path of indexes.split(" ")) {
      if (found.length > limit) break;
      const entries = await load(path);
      if (mine !== current) return; // somebody wrote on
      found.push(...entries.filter((one) => words.every((word) => one.all.includes(word))));
    }
  } catch {
    if (mine !== current) return;
    return show([], words, form.dataset.failed, false);
  }
  const { none, all, newest } = form.dataset;
  const isMore = found.length > limit;
  const said = isMore ? newest : found.length ? all : none;
  const shown = found.slice(0, limit);
  show(shown, words, said.replace("{count}", shown.length), isMore);
}

function show(found, words, said, isMore) {
  list.replaceChildren(...found.map((one) => item(one, words)));
  status.textContent = said;
  years.hidden = found.length > 0; // whoever finds nothing may still look for it
  more.hidden = !isMore;
}

let waiting;
input.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(search, PAUSE);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  search();
});
more.addEventListener("click", async () => {
  const before = list.children.length;
  await search(before + SHOWN);
  list.children[before]?.querySelector("a").focus();
});

form.hidden = false;
input.value = new URLSearchParams(location.search).get("q") ?? "";
if (input.value) search();
