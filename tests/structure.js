// What is wrong with the structure of a page as it is laid out now, a sentence each.
() => {
  const faults = new Set();
  const width = document.documentElement.clientWidth;
  const style = element => getComputedStyle(element);
  const words = element => (element.textContent || element.getAttribute("aria-label") || "").trim().replace(/\s+/g, " ").slice(0, 40);
  const name = element => `${element.localName}${[...element.classList].map(each => `.${each}`).join("")} ${JSON.stringify(words(element))}`;
  const above = function* (element) { for (let each = element; each; each = each.parentElement) yield each; };
  const find = (element, test) => { for (const each of above(element)) if (test(each)) return each; };

  // An element that is made to be scrolled sideways may hold what is wider than it.
  const scrolls = element => /auto|scroll/.test(style(element).overflowX) && element !== document.documentElement && element !== document.body;
  const clips = element => /hidden|clip/.test(style(element).overflowX + style(element).overflowY);
  const isInline = element => style(element).display === "inline";
  // What lies above the page on purpose: what stays where it is, and what was opened over it.
  const isLayer = element => /fixed|sticky/.test(style(element).position) || (style(element).position === "absolute" && style(element).zIndex !== "auto");
  // What only screen readers and the keyboard reach: put far outside, or a pixel wide.
  const isAway = element => {
    const box = element.getBoundingClientRect();
    if (!/absolute|fixed/.test(style(element).position)) return false;
    return box.right <= 0 || box.bottom + scrollY <= 0 || (clips(element) && box.width <= 2 && box.height <= 2);
  };
  const isSeen = element => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !find(element, isAway);

  // How long a line may be where an element stands: a column that has shrunk might have been wider.
  const room = element => {
    const around = find(element.parentElement, each => !isInline(each));
    const inside = each => each.clientWidth - parseFloat(style(each).paddingLeft) - parseFloat(style(each).paddingRight);
    return Math.max(inside(element), inside(around) / 2);
  };

  if (document.documentElement.scrollWidth > width) faults.add(`the page is ${document.documentElement.scrollWidth} px wide`);

  const seen = [...document.body.querySelectorAll("*")].filter(each => !each.closest("svg svg, svg > *") && isSeen(each));
  for (const each of seen) {
    const box = each.getBoundingClientRect();
    if (!box.width || find(each.parentElement, scrolls)) continue;
    if (box.left < -.5 || box.right > width + .5) faults.add(`${name(each)} sticks out`);
  }

  for (const each of seen) {
    if (!clips(each) || !words(each) || each.localName === "svg") continue;
    const [x, y] = [each.scrollWidth - each.clientWidth, each.scrollHeight - each.clientHeight];
    if (!isInline(each) && (x > 1 || y > 1)) faults.add(`${name(each)} is cut`);
  }

  const boxes = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, element = text.parentElement;
    if (!text.data.trim() || element.closest("svg, script, style, noscript, template") || !isSeen(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const scroller = find(element, scrolls), frame = scroller?.getBoundingClientRect();
    const holder = find(element, each => !isInline(each)), held = holder.getBoundingClientRect();
    const lines = range.getClientRects();
    if (lines.length > 1 && !scroller) {
      for (const word of text.data.matchAll(/[^\s\p{Pd}/]*[\p{Script=Latin}\p{Script=Arabic}][^\s\p{Pd}/]+/gu)) {
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        const parts = [...range.getClientRects()];
        const isBroken = parts.some(each => each.top > parts[0].top + parts[0].height / 2);
        if (isBroken && parts.reduce((sum, each) => sum + each.width, 0) < room(holder)) faults.add(`${name(holder)} is cut in ${JSON.stringify(word[0])}`);
      }
    }
    for (const line of lines) {
      if (line.width < 1) continue;
      if (!scroller && (line.left < held.left - 1 || line.right > held.right + 1 || line.top < held.top - line.height / 4 || line.bottom > held.bottom + line.height / 4)) faults.add(`${name(element)} hangs out of its box`);
      const [left, right] = frame ? [Math.max(line.left, frame.left), Math.min(line.right, frame.right)] : [line.left, line.right];
      // A font's own height may be more than that of its line.
      if (right - left > 1) boxes.push({ left, right, top: line.top + line.height * .15, bottom: line.bottom - line.height * .15, element, isLayer: Boolean(find(element, isLayer)) });
    }
  }
  for (const picture of seen.filter(each => each.matches("svg, img"))) {
    const box = picture.getBoundingClientRect();
    if (box.width) boxes.push({ left: box.left, right: box.right, top: box.top + 1, bottom: box.bottom - 1, element: picture, isLayer: Boolean(find(picture, isLayer)) });
  }
  boxes.sort((a, b) => a.top - b.top);
  for (const [place, one] of boxes.entries()) {
    for (let next = place + 1; next < boxes.length && boxes[next].top < one.bottom; next++) {
      const other = boxes[next];
      if (one.isLayer !== other.isLayer) continue;
      if (Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1) faults.add(`${name(one.element)} and ${name(other.element)} overlap`);
    }
  }

  // WCAG 2.5.8: 24 px, or as much room around, but for links in a sentence.
  const pressed = "a[href], button, summary, input, select, textarea, [role=button], [tabindex]:not([tabindex='-1'])";
  const targets = seen.filter(each => each.matches(pressed)).map(element => {
    const box = element.getBoundingClientRect();
    return { element, box, x: box.left + box.width / 2, y: box.top + box.height / 2, isSmall: box.width < 24 || box.height < 24 };
  });
  const isInSentence = element => {
    const holder = isInline(element) && find(element, each => !isInline(each));
    if (!holder) return false;
    const around = holder.cloneNode(true);
    around.querySelectorAll(`${pressed}, svg`).forEach(each => each.remove());
    return /[\p{L}\p{N}]/u.test(around.textContent);
  };
  const isNear = (one, other) => {
    if (other.isSmall) return Math.hypot(one.x - other.x, one.y - other.y) < 24;
    const x = Math.max(other.box.left - one.x, 0, one.x - other.box.right);
    const y = Math.max(other.box.top - one.y, 0, one.y - other.box.bottom);
    return Math.hypot(x, y) < 12;
  };
  for (const one of targets.filter(each => each.isSmall && each.box.width && !isInSentence(each.element))) {
    const near = targets.find(other => other !== one && !other.element.contains(one.element) && !one.element.contains(other.element) && isNear(one, other));
    if (near) faults.add(`${name(one.element)} is ${Math.round(one.box.width)} by ${Math.round(one.box.height)} px, too near to ${name(near.element)}`);
  }
  return [...faults];
}
