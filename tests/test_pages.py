"""Pages as a browser shows them: wide and narrow, light and dark, without script or request."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from functools import cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from tests import examples
from tests.worlds import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page, Route

    from tests.conftest import NewContext
    from tests.examples import Example

    BeginVisit = Callable[..., "Visit"]

both = pytest.mark.parametrize("build", [examples.own, examples.hard], ids=["own", "hard"])
in_any_theme = pytest.mark.parametrize(
    "build",
    [examples.own, examples.hard, examples.terminal, examples.hard_terminal],
    ids=["own", "hard", "terminal", "hard terminal"],
)

KINDS: dict[Callable[[], Example], list[str]] = {
    examples.own: [
        "",
        "incidents/2026-01-02-story-generation/",
        "incidents/2025-10-08-api/",
        "maintenance/2026-01-17-image-storage/",
        "components/story-generation/",
        "uptime/",
        "history/",
        "history/2026-01/",
        "about/",
        "404.html",
    ],
    examples.hard: [
        "",
        "incidents/nasty/",
        "incidents/arabic/",
        "maintenance/long-work/",
        "components/long/",
        "uptime/",
        "history/2026-01/",
        "help/",
    ],
}
KINDS[examples.terminal] = KINDS[examples.own]
KINDS[examples.hard_terminal] = KINDS[examples.hard]


@cache
def files(build: Callable[[], Example]) -> dict[str, bytes]:
    """Give the published files by their addresses."""
    site = build()
    return {
        site.url + path.removesuffix("index.html"): data for path, data in tree(site.public).items()
    }


class Visit:
    """A reader in a browser that reaches nothing but the site, and what the browser had to say."""

    def __init__(
        self, new_context: NewContext, build: Callable[[], Example], **options: object
    ) -> None:
        self.build = build
        self.outside: list[str] = []
        self.said: list[str] = []
        context = new_context(java_script_enabled=False, **options)
        context.route("**/*", self.answer)
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def answer(self, route: Route) -> None:
        """Answer from the published files; what lies elsewhere is noted, and not reached."""
        found = files(self.build).get(unquote(urldefrag(route.request.url).url))
        if found is None:
            self.outside.append(route.request.url)
            route.abort()
            return
        endings = {"css": "text/css", "svg": "image/svg+xml"}
        ending = urlsplit(route.request.url).path.rpartition(".")[2]
        route.fulfill(body=found, content_type=endings.get(ending, "text/html; charset=utf-8"))

    def open(self, path: str, width: int = 1280) -> None:
        """Go to a page of the site."""
        self.resize(width)
        self.page.goto(self.build().url + path)

    def resize(self, width: int) -> None:
        """Make the window wider or narrower."""
        self.page.set_viewport_size({"width": width, "height": 900})

    def number(self, expression: str) -> float:
        """Ask the page for a number."""
        value = self.page.evaluate(expression)
        assert isinstance(value, int | float)
        return value

    def assert_readable(self, where: str) -> None:
        """Hold every text to the contrast that it needs, in light and in dark."""
        schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
        for scheme in schemes:
            self.page.emulate_media(color_scheme=scheme)
            for words, ratio in self.page.evaluate(CONTRASTS):
                assert ratio >= 4.5, (where, scheme, words, ratio)


@pytest.fixture
def visit(new_context: NewContext) -> Iterator[BeginVisit]:
    """A function that begins a visit to a site.

    No page that a test opens asks another host for anything, or makes the browser complain.
    """
    visits: list[Visit] = []

    def begin(build: Callable[[], Example], **options: object) -> Visit:
        visits.append(Visit(new_context, build, **options))
        return visits[-1]

    yield begin
    for each in visits:
        assert (each.outside, each.said) == ([], [])


@in_any_theme
def test_width(visit: BeginVisit, build: Callable[[], Example]) -> None:
    """No page is wider than the screen, whatever stands on it."""
    reader = visit(build)
    for path in KINDS[build]:
        reader.open(path)
        for width in (1280, 375, 320):
            reader.resize(width)
            assert reader.number("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("width", [320, 1280])
def test_wide_things_scroll(visit: BeginVisit, width: int) -> None:
    """What is wider than the page scrolls by itself; a picture shrinks."""
    reader = visit(examples.hard)
    reader.open("help/", width)
    for name in ("table", "pre"):
        box = f"document.querySelector('.text {name}')"
        assert reader.number(f"{box}.scrollWidth") > reader.number(f"{box}.clientWidth")
        assert reader.number(f"{box}.clientWidth") < width
    assert reader.number("document.querySelector('.text img').clientWidth") < width


@in_any_theme
def test_contrast(visit: BeginVisit, build: Callable[[], Example]) -> None:
    """All words can be read (WCAG 2.2 AA, 4.5 to 1), in light and in dark."""
    reader = visit(build)
    for path in KINDS[build]:
        reader.open(path)
        reader.assert_readable(path)


CONTRASTS = """() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const ground = element => {
    for (let each = element; each; each = each.parentElement) {
      const [r, g, b, alpha = 1] = channels(getComputedStyle(each).backgroundColor);
      if (alpha > 0) return [r, g, b];
    }
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || element.closest("svg")) continue;
    const [a, b] = [light(channels(getComputedStyle(element).color)), light(ground(element))];
    found.push([texts.currentNode.data, (Math.max(a, b) + .05) / (Math.min(a, b) + .05)]);
  }
  return found;
}"""
"""Every text of a page with the contrast between it and its ground."""


def test_dark(visit: BeginVisit) -> None:
    """A page is as dark or as light as its reader likes it."""
    shade = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]"
    for scheme, is_dark in (("light", False), ("dark", True)):
        reader = visit(examples.own, color_scheme=scheme)
        reader.open("")
        assert (reader.number(shade) < 64) == is_dark


def test_update_address(visit: BeginVisit) -> None:
    """The address of an update shows that update, on its incident's page."""
    reader = visit(examples.own)
    reader.open("", 375)
    when = reader.page.locator(".card .update").last.locator(".when a")
    told = when.inner_text()
    when.click()
    target = reader.page.locator(":target")
    assert target.locator(".when a").inner_text() == told
    assert target.locator("h3").inner_text() == "Monitoring"
    assert reader.number("document.querySelector(':target').getBoundingClientRect().top") >= 0


def test_keyboard(visit: BeginVisit) -> None:
    """The first key press shows the way past the head of the page, and it leads there."""
    reader = visit(examples.own)
    reader.open("about/")
    skip = reader.page.locator(".skip")
    box = skip.bounding_box()
    assert box
    assert box["width"] <= 1
    reader.page.keyboard.press("Tab")
    box = skip.bounding_box()
    assert box
    assert box["width"] > 100
    reader.page.keyboard.press("Enter")
    assert urlsplit(reader.page.url).fragment == "main"


def test_right_to_left(visit: BeginVisit) -> None:
    """A title from right to left is set from the right, also on a page from left to right."""
    reader = visit(examples.hard)
    for path, is_right in (("incidents/arabic/", True), ("incidents/turkish/", False)):
        reader.open(path)
        gap = reader.page.evaluate("""() => {
          const title = document.querySelector("h1"), range = document.createRange();
          range.selectNodeContents(title);
          const [words, box] = [range.getBoundingClientRect(), title.getBoundingClientRect()];
          return [words.left - box.left, box.right - words.right];
        }""")
        assert (gap[0] > gap[1]) == is_right


def test_days(visit: BeginVisit) -> None:
    """The bars say in words what they show; each day with trouble is one key or touch away.

    It says what it was, how long, and what it came from, with the way there.
    """
    reader = visit(examples.own)
    reader.open("")
    row = reader.page.locator(".component", has_text="Story generation").first
    bars = row.locator("summary")
    assert "3 days with trouble" in bars.inner_text()
    assert not row.locator(".troubles").is_visible()
    row.locator("h4 a").focus()
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Enter")
    day = row.locator(".troubles li", has_text="2 January 2026")
    assert "Major outage, 45\N{NO-BREAK SPACE}min of major outage" in day.inner_text()
    day.get_by_role("link", name="Story generation is slow").click()
    assert reader.page.url.endswith("/incidents/2026-01-02-story-generation/")


def test_year(visit: BeginVisit) -> None:
    """A year is one picture that says what it shows, and a table says the same of each day."""
    reader = visit(examples.own)
    reader.open("components/story-generation/")
    (year,) = reader.page.locator(".calendar [role=img]").all()
    name = year.get_attribute("aria-label") or ""
    assert re.fullmatch(r"99\.\d\d % uptime in the last \d+ days\. 3 days with trouble\.", name)
    assert reader.page.locator(".calendar :is(a, [tabindex])").count() == 1
    reader.page.locator(".calendar summary").click()
    assert "2 January 2026\tMajor outage\t45\N{NO-BREAK SPACE}min" in (
        reader.page.locator(".calendar table").inner_text()
    )


def test_report(visit: BeginVisit) -> None:
    """The report's table scrolls in its own box, its first column stays, and the CSV is linked."""
    reader = visit(examples.own)
    reader.open("uptime/")
    reader.resize(375)
    row = reader.page.locator(".report tbody tr", has_text="Authentication")
    place = "one => one.getBoundingClientRect().left"
    cell, name = row.locator("td").first, row.locator("th")
    before = cell.evaluate(place), name.evaluate(place)
    reader.page.locator(".wide").evaluate("one => one.scrollBy(80, 0)")
    assert cell.evaluate(place) == before[0] - 80
    assert name.evaluate(place) == before[1]
    assert reader.page.locator("a[href$='uptime.csv']").count() == 1


def test_print(visit: BeginVisit) -> None:
    """On paper there are no ways to press, and all that was said."""
    reader = visit(examples.own)
    reader.open("incidents/2026-01-02-story-generation/")
    reader.page.emulate_media(media="print")
    assert not reader.page.locator("header.site nav").is_visible()
    assert reader.page.locator(".update").count() == 4
    assert reader.page.locator(".update").last.is_visible()


@both
def test_mails(visit: BeginVisit, build: Callable[[], Example]) -> None:
    """Mails can be read at every width, in light and in dark, and ask no host for anything."""
    site = build()
    reader = visit(build)
    newest = {mail.thread: mail.id for mail in site.view.mails}
    for name in newest.values():
        data = (site.outbox / f"{name}.eml").read_bytes()
        body = message_from_bytes(data, policy=policy.default).get_body(("html",))
        assert body
        reader.page.set_content(body.get_content())
        reader.assert_readable(name)
        for width in (700, 320):
            reader.resize(width)
            assert reader.number("document.documentElement.scrollWidth") <= width, name
