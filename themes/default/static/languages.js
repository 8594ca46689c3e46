// Offers the page in the language that the browser asks for, where that is another and there is
// one, until its reader chooses. Without it the list of languages is there as well.
(() => {
  "use strict";

  const find = (selector) => document.querySelector(selector);

  // Where storage is denied even a look at it throws: then it is offered on each page.
  function remember(...choice) {
    try {
      if (choice.length) localStorage.setItem("language", choice[0]);
      return localStorage.getItem("language");
    } catch {
      return null;
    }
  }

  // Two readers of one language may not read the same script.
  function spoken(tag) {
    const { language, script } = new Intl.Locale(tag).maximize();
    return `${language}-${script}`;
  }

  function begin() {
    const offer = find(".offer");
    if (!offer) return;
    const own = document.documentElement.lang;
    const links = [...document.querySelectorAll(".languages [hreflang]")];
    const choose = (code) => {
      remember(code);
      offer.hidden = true;
    };
    for (const link of links) link.onclick = () => choose(link.hreflang);
    if (remember()) return;
    for (const wanted of navigator.languages.map(spoken)) {
      if (wanted === spoken(own)) return;
      const link = links.find((each) => spoken(each.hreflang) === wanted);
      if (!link) continue;
      const [shown, button] = offer.children;
      for (const name of ["href", "hreflang", "lang", "dir"]) shown[name] = link[name];
      shown.textContent = link.dataset.offer;
      shown.onclick = link.onclick;
      button.onclick = () => choose(own);
      offer.hidden = false;
      return;
    }
  }

  document.addEventListener("statusgen:renewed", begin); // the preview has put in another body
  begin();
})();
