"""The preview: real files, a real watch, a real browser, and a process of its own to end."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING, ClassVar

import pytest
from msgspec import Struct
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from statusgen import serve
from statusgen.artifact import Artifact, Folder
from statusgen.errors import ContentErrors, PreviewError
from statusgen.model import Asset, Moment
from statusgen.renderers import static
from statusgen.serve import dress, hosting, watch
from statusgen.serve.preview import Builder
from statusgen.serve.server import PORT
from statusgen.serve.shelf import Shelf
from statusgen.serve.watch import ALL, Changes, Watch
from statusgen.theme import Theme
from statusgen.views.audience import PUBLIC
from tests.folders import new_folder
from tests.worlds import INCIDENT, MINIMAL, Files, at, publish, tree, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator, Page

    from tests.conftest import NewContext

    Begin = Callable[..., "Session"]
    OpenTab = Callable[[str], Page]

PROJECT = Path(__file__).parents[1]
SLOW = "content/incidents/slow.md"
SITE: Files = MINIMAL | {SLOW: INCIDENT}
SPELT = """\
title: The API is down
severity: SEV-1
started: 2026-01-03 10:00 UTC
updates:
  - {status: investigating, at: 2026-01-03 10:05 UTC, body: We look.}
"""
MISSPELT = INCIDENT.replace("[INVESTIGATING]", "[INVSTIGATING]")
LONG = INCIDENT.replace(
    "We are looking into it.", "We are looking into it.\n\n" + "Still.\n\n" * 99
)
PATIENCE = 20
"""Seconds that a test waits for what comes within milliseconds, before it fails."""

pytestmark = pytest.mark.filterwarnings(
    # Of Python 3.12 and newer; builds copy processes, and nothing is locked while they do.
    "ignore:.*multi-threaded, use of fork:DeprecationWarning"
)


class Reply(Struct, frozen=True):
    """What was answered."""

    status: int
    headers: Message
    body: bytes


class Session:
    """A preview that runs beside the test, and what it said."""

    def __init__(self, root: Path, running: serve.Running, said: Queue[str]) -> None:
        self.root = root
        self.running = running
        self.said = said

    @property
    def url(self) -> str:
        """The address of the first page."""
        return self.running.url

    def write(self, files: Files) -> None:
        """Save files as an editor does that writes in place."""
        write(self.root, files)

    def hears(self) -> str:
        """Wait for the next line, without its time."""
        return re.sub(r"^\d\d:\d\d:\d\d |, \d+ ms$", "", self.said.get(timeout=PATIENCE))

    def ask(self, path: str, method: str = "GET", host: str = "127.0.0.1") -> Reply:
        """Ask for a path, just as it is written."""
        connection = HTTPConnection("127.0.0.1", self.running.port, timeout=PATIENCE)
        with closing(connection):
            connection.putrequest(method, path, skip_host=True)
            connection.putheader("Host", host)
            connection.endheaders()
            reply = connection.getresponse()
            return Reply(reply.status, reply.headers, reply.read())


@pytest.fixture
def root() -> Iterator[Path]:
    """A small site with one open incident."""
    with new_folder() as folder:
        yield write(folder, SITE)


@contextmanager
def session(root: Path, moment: Callable[[], Moment], wish: serve.Wish) -> Iterator[Session]:
    """Run a preview beside the test; at the end nothing of it runs any more."""
    said: Queue[str] = Queue()
    voice = serve.Voice(say=said.put, warn=said.put)
    with serve.running(root, moment, wish, voice) as running:
        thread = threading.Thread(target=running.run)
        thread.start()
        try:
            yield Session(root, running, said)
        finally:
            running.stop()
            thread.join()


@pytest.fixture
def begin(root: Path) -> Iterator[Begin]:
    """A function that begins a preview of the small site with these files added."""
    open_: list[Iterator[Session]] = []

    def begin(
        files: Files | None = None,
        *,
        moment: Callable[[], Moment] = lambda: Moment(as_of=at("2026-01-03 12:00")),
        drafts: bool = False,
        internal: bool = False,
    ) -> Session:
        write(root, files or {})
        manager = session(root, moment, serve.Wish(port=0, drafts=drafts, internal=internal))
        open_.append(manager)  # type: ignore[arg-type]  # closed below by its own name
        return manager.__enter__()

    yield begin
    for manager in open_:
        manager.__exit__(None, None, None)  # type: ignore[attr-defined]  # as above


@pytest.fixture(scope="module")
def plain() -> Iterator[Session]:
    """A preview of the small site and some files, which no test changes."""
    names = ("a.svg", "a.json", "a.ics", "a.png", "a.txt", "a")
    files: Files = {f"content/files/{name}": "A file.\n" for name in names}
    wish = serve.Wish(port=0)
    with new_folder() as folder:
        write(folder, SITE | files)
        with session(folder, lambda: Moment(as_of=at("2026-01-03 12:00")), wish) as preview:
            yield preview


@pytest.fixture
def tab(new_context: NewContext) -> Iterator[OpenTab]:
    """A function that opens a page in a browser, which may find no fault with any of them."""
    context = new_context(viewport={"width": 1280, "height": 700})
    said: list[str] = []

    def open_tab(url: str) -> Page:
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(url)
        page.evaluate(MARK)
        return page

    expect.set_options(timeout=PATIENCE * 1000)
    yield open_tab
    assert [line for line in said if "Failed to load resource" not in line] == []


MARK = "window.marked = document.querySelector('main').marked = true"
"""What a page loses when it is loaded anew; in part when it is renewed."""


def is_same(page: Page) -> bool:
    """Whether a page is neither loaded anew nor renewed since it was opened."""
    return bool(page.evaluate("document.querySelector('main').marked === true"))


def wait_for(page: Page, expression: str) -> None:
    """Wait until something is true of a page; its policy forbids that it waits by itself."""
    for _ in range(PATIENCE * 100):
        with suppress(PlaywrightError):  # it was asked while it was being loaded anew
            if page.evaluate(expression):
                return
        page.wait_for_timeout(10)
    pytest.fail(f"{expression} did not come true")


def wait_for_news(page: Page) -> None:
    """Wait until a page was renewed, or loaded anew."""
    wait_for(page, "!document.querySelector('main').marked && document.readyState === 'complete'")


def problems(page: Page) -> Locator:
    """What is laid over a page."""
    return page.get_by_role("alert")


class TestBrowser:
    """What a browser shows while files are saved."""

    @pytest.mark.parametrize("place", ["", "#main"])
    def test_change(self, begin: Begin, tab: OpenTab, place: str) -> None:
        """What is saved is shown, and the page stays where it was scrolled to.

        A page is renewed in its place, unless that could be seen: then it is loaded.
        """
        preview = begin({SLOW: LONG})
        page = tab(f"{preview.url}incidents/slow/{place}")
        page.evaluate("scrollTo(0, 400)")

        for word in ("very", "too"):
            preview.write({SLOW: LONG.replace("The API is slow", f"The API is {word} slow")})
            expect(page.locator("h1")).to_have_text(f"The API is {word} slow")
            expect(page).to_have_title(re.compile(f"^The API is {word} slow"))

        wait_for(page, "scrollY === 400")
        assert bool(page.evaluate("window.marked")) == (place == "")

    @pytest.mark.parametrize(
        ("path", "old", "new"),
        [
            ("templates/base.html", "</head>", '<meta name="theme-color" content="#fff"></head>'),
            ("templates/base.html", "</main>", "<script></script></main>"),
            (
                "templates/base.html",
                '<link rel="stylesheet"',
                '<link rel="stylesheet" href="x.css">\n\\0',
            ),
        ],
        ids=["head", "script", "sheets"],
    )
    def test_frame(self, begin: Begin, tab: OpenTab, path: str, old: str, new: str) -> None:
        """A page whose head changes, or that runs something, is loaded anew."""
        preview = begin()
        page = tab(preview.url)
        base = (PROJECT / "themes/default" / path).read_text()

        preview.write({f"overrides/{path}": base.replace(old, new.replace("\\0", old))})

        wait_for(page, "window.marked !== true && document.readyState === 'complete'")

    def test_state_of_the_whole(self, begin: Begin, tab: OpenTab) -> None:
        """A page that is renewed follows the next changes as one that was loaded does."""
        preview = begin()
        page = tab(f"{preview.url}incidents/slow/")
        preview.write({SLOW: INCIDENT.replace("slow", "very slow")})
        expect(page.locator("h1")).to_have_text("The API is very slow")
        preview.write({SLOW: MISSPELT})
        expect(problems(page)).to_be_visible()
        preview.write({"overrides/static/style.css.j2": "body { color: rgb(1, 2, 3) }"})
        preview.write({SLOW: INCIDENT.replace("slow", "too slow")})

        expect(problems(page)).to_have_count(0)
        expect(page.locator("h1")).to_have_text("The API is too slow")
        wait_for(page, "getComputedStyle(document.body).color === 'rgb(1, 2, 3)'")
        assert page.evaluate("window.marked")

    def test_times(self, begin: Begin, new_context: NewContext) -> None:
        """A page that is renewed shows its times as its reader has chosen."""
        preview = begin()
        page = new_context(timezone_id="Asia/Kolkata").new_page()
        page.goto(f"{preview.url}incidents/slow/")
        page.evaluate(MARK)
        page.get_by_label("Times in").select_option("own")

        preview.write({SLOW: INCIDENT.replace("slow", "very slow")})

        expect(page.locator("h1")).to_have_text("The API is very slow")
        expect(page.locator(".when time")).to_have_text("2 January 2026 at 22:35 GMT+5:30")
        expect(page.get_by_label("Times in")).to_have_value("own")
        assert page.evaluate("window.marked")

    def test_style(self, begin: Begin, tab: OpenTab) -> None:
        """A change of styles is put on without loading the page, which stays where it was."""
        preview = begin({SLOW: LONG})
        page = tab(f"{preview.url}incidents/slow/")
        page.evaluate("scrollTo(0, 400)")

        for colour in ("rgb(1, 2, 3)", "rgb(4, 5, 6)"):
            style = f"body {{ background: {colour}; height: 9000px }}"
            preview.write({"overrides/static/style.css.j2": style})
            wait_for(page, f"getComputedStyle(document.body).backgroundColor === '{colour}'")
            wait_for(page, "document.querySelectorAll('link[rel=stylesheet]').length === 1")

        assert is_same(page)
        assert page.evaluate("scrollY") == 400

    def test_option(self, begin: Begin, tab: OpenTab) -> None:
        """An option of the theme that only colours is a change of styles."""
        preview = begin()
        page = tab(preview.url)
        settings = str(MINIMAL["content/site.yml"])

        accent = "        theme: {name: default, options: {accent: '#010203'}}\n"
        preview.write({"content/site.yml": settings.rstrip(" ") + accent})

        wait_for(page, "getComputedStyle(document.body).getPropertyValue('--accent') === '#010203'")
        assert is_same(page)

    def test_another_page(self, begin: Begin, tab: OpenTab) -> None:
        """A page that a change does not touch is left alone."""
        preview = begin({"content/pages/about.md": "# About\n\nOne.\n"})
        touched, other = tab(f"{preview.url}about/"), tab(f"{preview.url}incidents/slow/")

        preview.write({"content/pages/about.md": "# About\n\nTwo.\n"})
        wait_for_news(touched)
        expect(touched.locator("main")).to_contain_text("Two.")
        preview.write({SLOW: MISSPELT})

        expect(problems(other)).to_be_visible()
        assert is_same(other)

    def test_picture(self, begin: Begin, tab: OpenTab) -> None:
        """A page whose picture changes is loaded anew."""
        picture = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="9"></svg>'
        about = "# About\n\n![One](files/one.svg)\n"
        preview = begin(
            {"content/pages/about.md": about, "content/files/one.svg": picture.format(20)}
        )
        page = tab(f"{preview.url}about/")

        preview.write({"content/files/one.svg": picture.format(40)})

        wait_for(page, "document.querySelector('main img').naturalWidth === 40")

    def test_page_that_goes_and_comes(self, begin: Begin, tab: OpenTab) -> None:
        """A page that is gone becomes the page for what is not there, and comes back."""
        preview = begin()
        page = tab(f"{preview.url}incidents/slow/")

        (preview.root / SLOW).unlink()
        expect(page.locator("h1")).to_have_text("There is nothing at this address")
        preview.write({SLOW: INCIDENT})

        expect(page.locator("h1")).to_have_text("The API is slow")

    def test_problem(self, begin: Begin, tab: OpenTab) -> None:
        """Problems lie over the last good page with file, line and cure, and go with the fix."""
        preview = begin()
        page = tab(preview.url)

        broken = MISSPELT.replace("17:05", "17:75")
        preview.write({SLOW: broken})

        expect(problems(page)).to_be_visible()
        expect(problems(page).locator("h2")).to_have_text("2 problems")
        expect(problems(page).locator(".title + p")).to_have_text(
            "You see the last good page; this goes away with the fix."
        )
        places = problems(page).locator("code, span").all_inner_texts()
        assert places == [f"{SLOW}:9", "updates[0].header", f"{SLOW}:10", "updates[0].Updated"]
        header, time = problems(page).locator("li p").all_inner_texts()
        assert header == (
            "'INVSTIGATING' is not one of investigating, identified, monitoring, resolved, update "
            "(if it is no header, write \\[INVSTIGATING]); did you mean 'investigating'?"
        )
        assert time == "'17:75' is not a time of day: it must lie from 00:00 to 23:59"
        expect(page.locator("main")).to_contain_text("We are looking into it.")

        preview.write({SLOW: INCIDENT})

        expect(problems(page)).to_have_count(0)
        assert is_same(page)

    def test_problem_changes(self, begin: Begin, tab: OpenTab) -> None:
        """Another problem takes the place of the one before it, on pages opened later too."""
        preview = begin({SLOW: INCIDENT})
        preview.write({SLOW: MISSPELT})
        preview.hears()
        preview.hears()
        page = tab(preview.url)
        expect(problems(page)).to_contain_text("INVSTIGATING")

        preview.write({SLOW: INCIDENT.replace("SEV-2", "SEV-9")})

        expect(problems(page)).to_contain_text("SEV-9")
        expect(problems(page).locator("li")).to_have_count(1)

    def test_first_problem(self, begin: Begin, tab: OpenTab) -> None:
        """Without any good page a plain one waits, and the first good one takes its place."""
        preview = begin({SLOW: MISSPELT})
        page = tab(f"{preview.url}incidents/slow/")
        assert preview.ask("/").status == 503
        expect(page.locator("h1")).to_have_text("There is no page yet")
        expect(problems(page).locator("h2")).to_have_text("1 problem")
        expect(problems(page).locator(".title + p")).to_have_text("The page comes with the fix.")

        preview.write({SLOW: INCIDENT})

        expect(page.locator("h1")).to_have_text("The API is slow")
        expect(problems(page)).to_have_count(0)

    def test_theme(self, begin: Begin, tab: OpenTab) -> None:
        """A broken template is a problem with its place."""
        preview = begin()
        page = tab(preview.url)

        preview.write({"overrides/templates/home.html": "{{ page.nothing }}"})

        expect(problems(page).locator("code")).to_have_text(
            f"{preview.root}/overrides/templates/home.html:1"
        )
        expect(problems(page).locator("li p")).to_have_text("HomePage has no 'nothing'")
        shutil.rmtree(preview.root / "overrides")
        expect(problems(page)).to_have_count(0)

    def test_host(self, begin: Begin, tab: OpenTab) -> None:
        """Rules of the host that cannot be read are a problem too."""
        preview = begin({"netlify.toml": "[[headers]]\n"})
        page = tab(preview.url)

        expect(problems(page)).to_contain_text("netlify.toml:1")
        expect(problems(page)).to_contain_text("cannot be read as Netlify does: 'for'")
        expect(page.locator("main")).to_contain_text("The API is slow")
        (preview.root / "netlify.toml").unlink()
        expect(problems(page)).to_have_count(0)

    def test_fault(self, begin: Begin, tab: OpenTab, monkeypatch: pytest.MonkeyPatch) -> None:
        """A fault of our own is shown as well, and the preview lives on."""
        preview = begin()
        page = tab(preview.url)
        with monkeypatch.context() as patch:
            patch.setattr(Builder, "rebuild", lambda *_: dict[str, str]()["fault"])
            preview.write({SLOW: INCIDENT.replace("slow", "very slow")})

            expect(problems(page).locator("li p")).to_have_text(
                "KeyError: 'fault' (a fault of statusgen itself: please report it, "
                "with what was changed)"
            )
            assert preview.hears().startswith("Traceback ")

        preview.write({SLOW: INCIDENT.replace("slow", "too slow")})

        wait_for_news(page)
        expect(page.locator("main")).to_contain_text("The API is too slow")

    def test_markup(self, begin: Begin, tab: OpenTab) -> None:
        """What was written wrongly is shown as it was written, never run."""
        preview = begin({SLOW: INCIDENT.replace("SEV-2", "<img src=x onerror=alert(1)>")})
        page = tab(preview.url)

        expect(problems(page)).to_contain_text("<img src=x onerror=alert(1)>")
        assert problems(page).locator("img").count() == 0

    @pytest.mark.parametrize("way", ["Escape", "button"])
    def test_dismiss(self, begin: Begin, tab: OpenTab, way: str) -> None:
        """Problems can be put away by keyboard, and come back with the next one."""
        preview = begin({SLOW: INCIDENT})
        page = tab(preview.url)
        preview.write({SLOW: MISSPELT})
        expect(problems(page)).to_be_visible()

        if way == "button":
            page.get_by_role("button", name="Dismiss").focus()
            page.keyboard.press("Enter")
        else:
            page.keyboard.press("Escape")

        expect(problems(page)).to_have_count(0)
        preview.write({SLOW: INCIDENT.replace("SEV-2", "SEV-9")})
        expect(problems(page)).to_be_visible()

    def test_reach(self, begin: Begin, tab: OpenTab) -> None:
        """The list of problems and its button are reached by Tab, and fit a phone."""
        preview = begin({f"content/incidents/a{number}.md": MISSPELT for number in range(20)})
        page = tab(preview.url)
        page.set_viewport_size({"width": 375, "height": 700})
        expect(problems(page)).to_be_visible()
        focus = "document.querySelector('#statusgen-problems').shadowRoot.activeElement?.tagName"
        seen = []
        for _ in range(2):
            page.keyboard.press("Tab")
            seen.append(page.evaluate(focus))

        assert seen == ["BUTTON", "OL"]
        box = problems(page).bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 375
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 700

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_contrast(self, begin: Begin, tab: OpenTab, scheme: str) -> None:
        """Every word of what is laid over can be read (WCAG 2.2 AA)."""
        preview = begin({SLOW: MISSPELT})
        page = tab(preview.url)
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two
        expect(problems(page)).to_be_visible()

        found = page.evaluate(CONTRASTS)

        assert len(found) >= 6
        assert [pair for pair in found if pair[1] < 4.5] == []


CONTRASTS = """() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const root = document.querySelector("#statusgen-problems").shadowRoot;
  const panel = root.querySelector("section");
  const ground = element => {
    for (let each = element; each; each = each.parentElement) {
      const [r, g, b, alpha = 1] = channels(getComputedStyle(each).backgroundColor);
      if (alpha > 0) return [r, g, b];
    }
  };
  const texts = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim()) continue;
    const [a, b] = [light(channels(getComputedStyle(element).color)), light(ground(element))];
    found.push([texts.currentNode.data, (Math.max(a, b) + .05) / (Math.min(a, b) + .05)]);
  }
  return found;
}"""
"""Every text of the overlay with the contrast between it and its ground."""


MORE = ", or allow more: `sysctl fs.inotify.{0}` tells how many, with -w it sets it"


class TestWatch:
    """What counts as a change, and when it is told."""

    @pytest.fixture
    def seen(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
        """A watch over the small site, patient enough for a machine that is busy."""
        monkeypatch.setattr(watch, "QUIET", 0.25)
        with Watch(root) as seen:
            yield seen

    def test_burst(self, seen: Watch, root: Path) -> None:
        """However many files change in one go, it is one change."""
        write(root, {f"content/incidents/a{number}.md": INCIDENT for number in range(200)})

        assert seen.wait(PATIENCE)
        assert not seen.wait(0)

    def test_rename(self, seen: Watch, root: Path) -> None:
        """A file that is saved beside its place and renamed over it is seen."""
        kept = root / "content/incidents/.slow.md.new"
        kept.write_text(INCIDENT)
        kept.replace(root / SLOW)

        assert seen.wait(PATIENCE)

    def test_rename_from_elsewhere(self, seen: Watch, root: Path) -> None:
        """So is one that was written in another folder."""
        (root / "new.md").write_text(INCIDENT)
        (root / "new.md").replace(root / SLOW)

        assert seen.wait(PATIENCE)

    @pytest.mark.parametrize(
        "name", [".slow.md.swp", "slow.md~", "#slow.md#", ".#slow.md", "slow.md.bak", ".git/index"]
    )
    def test_leftovers(self, root: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """What editors leave beside a file is no change."""
        told: Queue[str] = Queue()
        monkeypatch.setattr(Watch, "_tell", lambda _: told.put("change"))
        folder = root / "content/incidents"
        with Watch(root):
            write(folder, {name: "leftover"})
            (folder / name).unlink()
            (folder / "after").mkdir()  # one event, and the last
            told.get(timeout=PATIENCE)

        assert told.empty()

    def test_delete_and_move(self, seen: Watch, root: Path) -> None:
        """A file that is deleted and a folder that is moved are seen."""
        (root / SLOW).unlink()
        assert seen.wait(PATIENCE)
        (root / "content/incidents").rename(root / "content/maintenance")
        assert seen.wait(PATIENCE)

    @pytest.mark.parametrize("name", ["overrides", "themes"])
    def test_new_folder(self, seen: Watch, root: Path, name: str) -> None:
        """A folder that was not there is seen when it comes, and what changes in it later."""
        (root / name).mkdir()
        assert seen.wait(PATIENCE)
        write(root, {f"{name}/x/y/home.html": "one"})
        assert seen.wait(PATIENCE)
        write(root, {f"{name}/x/y/home.html": "two"})
        assert seen.wait(PATIENCE)

    @pytest.mark.parametrize("is_removed", [True, False], ids=["removed", "moved"])
    def test_new_content(self, seen: Watch, root: Path, *, is_removed: bool) -> None:
        """A content that is taken away and put back is watched as the old one was."""
        shutil.copytree(root / "content", root / "old")
        if is_removed:
            shutil.rmtree(root / "content")
        else:
            (root / "content").rename(root / "older")
        assert seen.wait(PATIENCE)
        shutil.copytree(root / "old", root / "content")
        assert seen.wait(PATIENCE)
        write(root, {SLOW: MISSPELT})
        assert seen.wait(PATIENCE)

    def test_link(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A link that is led elsewhere in one step is seen, and what lies at its new end."""
        monkeypatch.setattr(watch, "QUIET", 0.25)
        (root / "content").rename(root / "first")
        shutil.copytree(root / "first", root / "second")
        (root / "content").symlink_to("first")
        with Watch(root) as seen:
            (root / "new").symlink_to("second")
            (root / "new").replace(root / "content")
            assert seen.wait(PATIENCE)
            write(root, {"second/incidents/slow.md": MISSPELT})
            assert seen.wait(PATIENCE)

    def test_linked_theme(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A theme that is a link is watched where it lies."""
        monkeypatch.setattr(watch, "QUIET", 0.25)
        write(root, {"elsewhere/theme.toml": ""})
        (root / "themes").mkdir()
        (root / "themes/mine").symlink_to("../elsewhere")
        with Watch(root) as seen:
            write(root, {"elsewhere/theme.toml": "name = 'Mine'\n"})
            assert seen.wait(PATIENCE)

    def test_own_output(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is built is no change, nor is what else lies beside the content."""
        told: Queue[str] = Queue()
        monkeypatch.setattr(Watch, "_tell", lambda _: told.put("change"))
        with Watch(root):
            write(root, {"public/index.html": "x", "notes.txt": "x"})
            write(root, {"netlify.toml": ""})
            told.get(timeout=PATIENCE)
            assert told.qsize() <= 1  # of an empty file, that it was made and closed

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            (
                errno.ENOSPC,
                "all programs together watch as many folders as they may; end one that watches"
                + MORE.format("max_user_watches"),
            ),
            (
                errno.EMFILE,
                "as many programs watch folders as may; end one of them"
                + MORE.format("max_user_instances"),
            ),
            (errno.EACCES, "Permission denied"),
        ],
        ids=["watches", "instances", "rights"],
    )
    @pytest.mark.parametrize("place", ["Observer", "Observer.schedule"])
    def test_limit(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, code: int, message: str, place: str
    ) -> None:
        """Where the system lets nobody watch any more, it is said how to change that."""

        def refuse(*_: object, **__: object) -> None:
            raise OSError(code, os.strerror(code))

        monkeypatch.setattr(f"statusgen.serve.watch.{place}", refuse)
        with pytest.raises(PreviewError) as caught, Watch(root):
            pass

        assert str(caught.value) == f"cannot watch {root}: {message}"

    def test_change_during_a_build(self, begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
        """What changes while a build is at work is built next, in one go."""
        monkeypatch.setattr(watch, "QUIET", 0.25)
        preview = begin()
        builds: Queue[str] = Queue()
        go_on = threading.Event()
        rebuild = Builder.rebuild

        def slow(self: Builder, changes: Changes = ALL) -> object:
            builds.put("build")
            assert go_on.wait(PATIENCE)
            return rebuild(self, changes)

        monkeypatch.setattr(Builder, "rebuild", slow)
        preview.write({SLOW: INCIDENT.replace("slow", "very slow")})
        builds.get(timeout=PATIENCE)
        for number in range(20):
            preview.write({f"content/pages/p{number}.md": "# Page\n"})
        go_on.set()
        preview.hears()
        builds.get(timeout=PATIENCE)
        preview.hears()
        preview.running.stop()

        assert builds.empty()


class TestSite:
    """What is answered: the site as its host would, and nothing else."""

    def test_headers(self, begin: Begin) -> None:
        """A page has the site's own headers, without those for HTTPS, and is never kept."""
        netlify = (PROJECT / "netlify.toml").read_text()
        found = begin({"netlify.toml": netlify}).ask("/").headers

        assert found["Content-Security-Policy"] == (
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
            "img-src 'self'; "
            "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'"
        )
        assert found["X-Content-Type-Options"] == "nosniff"
        assert found["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert found["Strict-Transport-Security"] is None
        assert found["Cache-Control"] == "no-store"

    def test_policy_of_the_page(self, plain: Session) -> None:
        """The policy inside a page allows the preview's script beside the page's own."""
        text = plain.ask("/").body.decode()

        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        assert policy.replace("&#x27;", "'") == (
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
            "img-src 'self'; "
            "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'"
        )
        assert text.count("<script src=") == 2

    def test_files_are_as_published(self, plain: Session) -> None:
        """What is no page is sent as it is published."""
        answer = plain.ask("/files/a.txt")
        assert answer.body == b"A file.\n"
        assert answer.headers["Content-Length"] == "8"
        assert b"<script" not in plain.ask("/updates.rss").body

    def test_fault(self, begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
        """An address that cannot be answered for a fault of ours says so, here and there."""
        preview = begin()
        with monkeypatch.context() as patch:
            patch.setattr(hosting, "answer", lambda *_: dict[str, str]()["fault"])
            answer = preview.ask("/")

        assert answer.status == 500
        assert answer.body.endswith(b"KeyError: 'fault'")
        assert preview.hears().endswith("KeyError: 'fault'")
        assert preview.ask("/").status == 200

    @pytest.mark.parametrize(
        ("path", "kind"),
        [
            ("/", "text/html; charset=utf-8"),
            ("/updates.rss", "application/rss+xml; charset=utf-8"),
            ("/sitemap.xml", "text/xml; charset=utf-8"),
            ("/robots.txt", "text/plain; charset=utf-8"),
            ("/files/a.svg", "image/svg+xml; charset=utf-8"),
            ("/files/a.json", "application/json; charset=utf-8"),
            ("/files/a.ics", "text/calendar; charset=utf-8"),
            ("/files/a.png", "image/png"),
            ("/files/a", "application/octet-stream"),
        ],
    )
    def test_type(self, plain: Session, path: str, kind: str) -> None:
        """Every file has its type, whatever the machine believes."""
        answer = plain.ask(path)

        assert (answer.status, answer.headers["Content-Type"]) == (200, kind)

    def test_not_found(self, plain: Session) -> None:
        """Where nothing is, the site's own page says so, with status 404."""
        answer = plain.ask("/nothing/here.png")

        assert answer.status == 404
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert b"There is nothing at this address" in answer.body

    def test_head(self, plain: Session) -> None:
        """HEAD gives what GET gives, without the body."""
        got, head = plain.ask("/"), plain.ask("/", "HEAD")

        assert head.headers["Content-Length"] == str(len(got.body))
        assert head.body == b""

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
    def test_method(self, plain: Session, method: str) -> None:
        """Nothing but GET and HEAD is answered."""
        assert plain.ask("/", method).status == 501

    def test_folder(self, plain: Session) -> None:
        """A folder without a slash leads to the one with it."""
        for path in ("/history", "/outbox"):
            answer = plain.ask(path)
            assert (answer.status, answer.headers["Location"]) == (301, f"{path}/")

    def test_redirect(self, begin: Begin) -> None:
        """The site's redirects lead on."""
        answer = begin({"netlify.toml": (PROJECT / "netlify.toml").read_text()}).ask("/feed")

        assert (answer.status, answer.headers["Location"]) == (301, "/updates.rss")

    @pytest.mark.parametrize(
        "path",
        [
            "/../content/site.yml",
            "/%2e%2e/.statusgen/public.json",
            "/files/..%2f..%2foutbox/",
            "/..%5c..%5cetc",
            "/.statusgen/../content/site.yml",
            "/.statusgen/base.html",
            "/outbox/../public/index.html",
            "/outbox/%2e%2e%2fpublic%2findex.html",
            "/%00",
            f"/{'x' * 5000}",
        ],
    )
    def test_traversal(self, plain: Session, path: str) -> None:
        """No address leads out of what is published."""
        assert plain.ask(path).status == 404

    @pytest.mark.parametrize(
        ("host", "status"),
        [
            ("localhost:8000", 200),
            ("127.0.0.1", 200),
            ("[::1]:8000", 200),
            ("evil.example", 403),
            ("127.0.0.1.evil.example:8000", 403),
            ("localhost@evil.example", 403),
            ("", 403),
            ("[", 403),
        ],
    )
    def test_host(self, plain: Session, host: str, status: int) -> None:
        """A name that was made to lead here is refused, pages and events alike (DNS rebinding)."""
        assert plain.ask("/", host=host).status == status
        if status == 403:
            assert plain.ask("/.statusgen/events?page=/", host=host).status == 403

    def test_loopback(self, plain: Session) -> None:
        """It listens on loopback alone."""
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.2", plain.running.port), PATIENCE)

    def test_below_a_path(self, begin: Begin, tab: OpenTab) -> None:
        """A site that lives below a path does so here, and the host's rules count from there."""
        preview = begin(
            {
                "content/site.yml": "title: X\nurl: https://example.com/status/\n",
                "netlify.toml": (PROJECT / "netlify.toml").read_text(),
            }
        )
        assert preview.url.endswith("/status/")
        page = tab(preview.url.removesuffix("status/"))
        assert page.url == preview.url
        page.get_by_role("link", name="History").first.click()
        assert page.url == f"{preview.url}history/"
        assert page.locator("h1").inner_text() == "History"

        assert preview.ask("/status").headers["Location"] == "/status/"
        assert preview.ask("/status/rss").headers["Location"] == "/status/updates.rss"
        assert preview.ask("/history/").status == 404
        assert b"There is nothing at this address" in preview.ask("/history/").body

        page.evaluate(MARK)
        preview.write({"content/site.yml": "title: X\nurl: https://example.com/\n"})
        wait_for_news(page)
        assert preview.ask("/history/").status == 200

    def test_events(self, begin: Begin) -> None:
        """Whoever listens is told at once what the page shows, and with the news how it reads."""
        preview = begin(SITE)
        connection = HTTPConnection("127.0.0.1", preview.running.port, timeout=PATIENCE)
        connection.request("GET", "/.statusgen/events?page=/")

        with connection.getresponse() as answer:
            assert answer.headers["Content-Type"] == "text/event-stream"
            assert [answer.readline() for _ in range(2)] == [b"retry: 500\n", b"\n"]
            first = json.loads(answer.readline().removeprefix(b"data: "))
            preview.write({"content/incidents/slow.md": INCIDENT.replace("looking", "searching")})
            assert answer.readline() == b"\n"
            second = json.loads(answer.readline().removeprefix(b"data: "))
        assert set(first) == {"shown"}
        assert set(first["shown"]) == {"page", "pictures", "styles", "problems"}
        assert second["shown"]["page"] != first["shown"]["page"]
        assert second["text"].encode() == preview.ask("/").body


class TestShown:
    """What a browser is told that a page shows."""

    @pytest.mark.parametrize(
        "page",
        [
            '<img src="a.png">',
            "<IMG alt=One SRC='a.png'>",
            '<img\n alt="1 > 2"\n src="a.png">',
            "<img alt=\"src='b.png'\" src='a.png'>",
            '<p title="src=\'b.png\'">src="b.png"</p><source src="a.png">',
        ],
    )
    def test_pictures(self, page: str) -> None:
        """What an element loads is looked at, and nothing that only reads like it."""
        asked = []

        def load(address: str) -> bytes:
            asked.append(address)
            return b"picture"

        headers = {"content-type": "text/html"}
        answer = hosting.Answer(status=200, headers=headers, body=page.encode())
        told = dress.shown(answer, "/about/", load, ())
        assert asked == ["/about/a.png"]
        assert told != dress.shown(answer, "/about/", lambda _: b"another", ())


class TestShelf:
    """What the preview shows, though it writes none of it."""

    def test_as_published(self, root: Path, tmp_path: Path) -> None:
        """Each file is what a build writes, but for its clock, at first and after each change."""
        clock = b' data-now="2026-01-03T12:00:00Z"'
        builder = Builder(root, tmp_path, lambda: Moment(as_of=at("2026-01-03 12:00")), PUBLIC)
        changes: list[Files] = [
            {},
            {SLOW: INCIDENT.replace("slow", "very slow")},
            {"content/incidents/old.md": INCIDENT.replace("2026-01-02", "2025-11-02")},
            {"overrides/static/style.css.j2": "a", "content/files/a.txt": "a"},
            {"content/pages/about.md": "# About\n\nOne.\n"},
            {"content/incidents/spelt.yml": SPELT},
            {SLOW: INCIDENT.replace("looking", "still looking")},
            {"content/incidents/spelt.yml": SPELT.replace("down", "up again")},
        ]
        for files in changes:
            write(root, files)
            made = builder.rebuild(Changes(files=frozenset(files), is_theme=bool(files)))
            published, _ = publish(root)
            assert published.written > 0
            for folder in Folder:
                paths = made.shelf.paths(folder)
                found = {path: made.shelf.data(path, folder).replace(clock, b"") for path in paths}
                assert found == tree(root / folder.value)
            builder.keep(made)

    def test_folder_that_comes(self, root: Path, tmp_path: Path) -> None:
        """Where nobody knows which files may have changed, all of the content is looked at."""
        builder = Builder(root, tmp_path, lambda: Moment(as_of=at("2026-01-03 12:00")), PUBLIC)
        builder.rebuild()
        (root / "content/incidents/empty").mkdir()

        with pytest.raises(ContentErrors, match=r"content/incidents/empty:1: "):
            builder.rebuild(Changes(files=None, is_theme=False))

    def test_nothing_twice(self, root: Path, tmp_path: Path) -> None:
        """What a change does not touch is not rendered again."""
        write(root, {"content/incidents/old.md": INCIDENT.replace("2026-01-02", "2025-11-02")})
        builder = Builder(root, tmp_path, lambda: Moment(as_of=at("2026-01-03 12:00")), PUBLIC)
        before = builder.rebuild().shelf
        place = "incidents/old/index.html"
        page = before.data(place)
        write(root, {SLOW: INCIDENT.replace("looking", "still looking")})

        after = builder.rebuild(Changes(files=frozenset([SLOW]), is_theme=False)).shelf

        assert after.data(place) is page
        assert after.data("incidents/slow/index.html") != before.data("incidents/slow/index.html")


class TestSettling:
    """What is wrong with pages that nobody looks at."""

    BROKEN: ClassVar[Files] = {"overrides/templates/incident.html": "{{ page.nothing }}"}
    FAULT = "IncidentPage has no 'nothing'"

    def test_page_that_nobody_looks_at(self, begin: Begin, tab: OpenTab) -> None:
        """It is told as well, stays while it is so, and goes away with the fix."""
        preview = begin()
        page = tab(preview.url)
        preview.write(self.BROKEN)
        expect(problems(page)).to_contain_text(self.FAULT)

        preview.write({SLOW: INCIDENT.replace("slow", "very slow")})
        expect(page.locator("main")).to_contain_text("The API is very slow")
        expect(problems(page)).to_contain_text(self.FAULT)

        (preview.root / "overrides/templates/incident.html").unlink()
        expect(problems(page)).to_have_count(0)

    def test_last_good_page(self, begin: Begin, tab: OpenTab) -> None:
        """A page that cannot be rendered is shown as it was before."""
        preview = begin()
        page = tab(f"{preview.url}incidents/slow/")
        while not preview.running.preview.is_settled:
            page.wait_for_timeout(10)
        preview.write(self.BROKEN)

        expect(problems(page)).to_contain_text(self.FAULT)
        expect(page.locator("h1")).to_have_text("The API is slow")
        assert preview.ask("/incidents/slow/").status == 200

    def test_no_good_page(self, begin: Begin, tab: OpenTab) -> None:
        """Where there never was a good one, the rest is shown."""
        preview = begin(self.BROKEN)
        page = tab(preview.url)

        expect(problems(page)).to_contain_text(self.FAULT)
        expect(page.locator("main")).to_contain_text("The API is slow")
        assert preview.ask("/incidents/slow/").status == 503


class TestRules:
    """The rules of a host, as Netlify reads them."""

    @pytest.fixture
    def public(self, tmp_path: Path) -> Path:
        """A published folder with a page and a file."""
        return write(tmp_path, {"public/there/index.html": "page", "public/a.txt": "a"}) / "public"

    def answer(self, public: Path, path: str) -> hosting.Answer:
        """Answer a path under the rules that lie beside the folder."""
        files = (
            Artifact(path=path, view=Asset(path=path, data=data), render=static.render)
            for path, data in tree(public).items()
        )
        shelf = Shelf(files, Theme("none", {}, {}))
        return hosting.answer(shelf, "/", hosting.read_rules(public.parent, shelf), path)

    @pytest.mark.parametrize(
        ("rule", "path", "to"),
        [
            ('from = "/old/*"\nto = "/new/:splat"', "/old/a/b", "/new/a/b"),
            ('from = "/old/*"\nto = "/new/:splat"', "/old", "/new/"),
            ('from = "/:year/:name"\nto = "/n/:name/:year"', "/2026/x", "/n/x/2026"),
            ('from = "/x"\nto = "https://example.org/"', "/x/", "https://example.org/"),
            ('from = "/there"\nto = "/"\nforce = true', "/there/", "/"),
        ],
    )
    def test_redirect(self, public: Path, rule: str, path: str, to: str) -> None:
        """Stars and names are carried over; what is forced wins over what is there."""
        write(public.parent, {"netlify.toml": f"[[redirects]]\n{rule}\nstatus = 302\n"})

        found = self.answer(public, path)

        assert (found.status, found.headers) == (302, {"location": to})

    def test_what_is_there_stays(self, public: Path) -> None:
        """A redirect that is not forced is only for what is not there; a rewrite is no redirect."""
        rules = '[[redirects]]\nfrom = "/*"\nto = "/"\n'
        write(public.parent, {"netlify.toml": rules})
        assert self.answer(public, "/there/").status == 200
        assert self.answer(public, "/gone").status == 301

        write(public.parent, {"netlify.toml": f"{rules}status = 200\n"})
        assert self.answer(public, "/gone").status == 404

    def test_headers_file(self, public: Path) -> None:
        """`_headers` among what is published counts too, and is no page itself."""
        write(
            public,
            {"_headers": "# All\n/*\n  X-One: 1\n  # no\n/there/*\n  x-one: 2\n  X-Two: a: b\n"},
        )

        assert self.answer(public, "/a.txt").headers["x-one"] == "1"
        found = self.answer(public, "/there/").headers
        assert (found["x-one"], found["x-two"]) == ("2", "a: b")
        assert self.answer(public, "/_headers").status == 404

    def test_without_a_page_for_it(self, public: Path) -> None:
        """Where a theme has no page for what is not there, a plain one stands in."""
        found = self.answer(public, "/gone")

        assert found.status == 404
        assert b"There is nothing at this address" in found.body


class TestAudience:
    """What is not public is shown on request only."""

    FILES: ClassVar[Files] = {
        "content/incidents/draft.md": INCIDENT.replace("severity", "draft: yes\nseverity").replace(
            "The API is slow", "Half written"
        ),
        "content/incidents/inside.md": INCIDENT.replace(
            "severity", "visibility: internal\nassignee: Ada\ninternal: a note\nseverity"
        ).replace("The API is slow", "Only for us"),
        "content/postmortems/slow.md": "# What we learnt\n\nMuch.\n",
        "content/pages/plan.md": "---\ndraft: yes\n---\n# A plan\n\nSoon.\n",
    }
    TITLES = ("[Draft] Half written", "[Internal] Only for us", "[Draft] A plan")

    def titles(self, preview: Session) -> list[str]:
        """Which of the titles the first page shows."""
        text = preview.ask("/").body.decode()
        return [title for title in self.TITLES if title in text]

    def test_public(self, begin: Begin) -> None:
        """Unasked, a preview shows what the public sees."""
        preview = begin(self.FILES)

        text = preview.ask("/").body.decode()
        assert [word for word in ("Half", "Only for us", "A plan") if word in text] == []
        assert preview.ask("/incidents/draft/").status == 404
        assert "What we learnt" not in preview.ask("/incidents/slow/").body.decode()

    def test_drafts(self, begin: Begin) -> None:
        """With drafts, these and unpublished post-mortems are shown, each marked as such."""
        preview = begin(self.FILES, drafts=True)

        assert self.titles(preview) == ["[Draft] Half written", "[Draft] A plan"]
        assert "[Draft] What we learnt" in preview.ask("/incidents/slow/").body.decode()

    def test_internal(self, begin: Begin) -> None:
        """With the internal, that is shown and marked; what is never published is not."""
        preview = begin(self.FILES, internal=True)

        assert self.titles(preview) == ["[Internal] Only for us"]
        text = preview.ask("/incidents/inside/").body.decode()
        assert [word for word in ("Ada", "a note") if word in text] == []

    @pytest.mark.parametrize(("drafts", "count"), [(False, 1), (True, 0)])
    def test_other_sites(self, begin: Begin, *, drafts: bool, count: int) -> None:
        """While more than the public is shown, no other site is allowed to read along."""
        netlify = (PROJECT / "netlify.toml").read_text()
        preview = begin(self.FILES | {"netlify.toml": netlify}, drafts=drafts)

        allowed = preview.ask("/updates.rss").headers.get_all("Access-Control-Allow-Origin", [])
        assert len(allowed) == count


class TestMoment:
    """Which moment a preview speaks of."""

    def test_named(self, begin: Begin) -> None:
        """At a moment that is named, what comes later has not happened."""
        preview = begin(moment=lambda: Moment(as_of=at("2026-01-01 12:00")))

        assert preview.ask("/incidents/slow/").status == 404

    def test_stands_still(self, begin: Begin, tab: OpenTab) -> None:
        """A moment that is named is that of the page's script too, whatever the clock says."""
        preview = begin(moment=lambda: Moment(as_of=at("2026-01-02 17:12")))

        page = tab(preview.url)

        expect(page.locator(".card .when")).to_have_text(
            "2 January 2026, 17:05 UTC (7 minutes ago)"
        )

    def test_clock(self, begin: Begin, tab: OpenTab, monkeypatch: pytest.MonkeyPatch) -> None:
        """With the clock a page becomes another one though nothing was saved: a window opens.

        In the browser it is too early for that, so that it comes from the preview alone.
        """
        monkeypatch.setattr(serve, "TICK", 0.05)
        now = ["2126-01-03 12:00"]
        work = (
            "---\ntitle: Work\nstarts: 2126-01-03 13:00 UTC\nends: 2126-01-03 14:00 UTC\n---\n\n"
            "[SCHEDULED] We work.\nUpdated: 2126-01-03 10:00 UTC\n"
        )
        preview = begin(
            {"content/maintenance/work.md": work},
            moment=lambda: Moment(as_of=at(now[0]), is_clock=True),
        )
        page = tab(f"{preview.url}maintenance/work/")
        expect(page.locator("main")).to_contain_text("Scheduled")

        now[0] = "2126-01-03 13:30"

        wait_for_news(page)
        expect(page.locator("main")).to_contain_text("In progress")
        assert preview.said.empty()


class TestOutbox:
    """The mails, as their readers will see them."""

    def test_list(self, begin: Begin, tab: OpenTab) -> None:
        """The newest comes first, with its time and whom it is for."""
        later = "\n[IDENTIFIED] Found.\nUpdated: 17:15 UTC\n"
        page = tab(f"{begin({SLOW: INCIDENT + later}).url}outbox/")

        assert page.locator("h1").inner_text() == "2 mails"
        assert page.locator(".mails li").all_inner_texts() == [
            "[Identified] The API is slow\n\n2 January 2026, 17:15 UTC · to subscribers",
            "[Investigating] The API is slow\n\n2 January 2026, 17:05 UTC · to subscribers",
        ]

    def test_mail(self, begin: Begin, tab: OpenTab) -> None:
        """A mail is shown as HTML, as text and with its headers; it follows each change."""
        preview = begin()
        page = tab(f"{preview.url}outbox/")
        page.get_by_role("link", name="[Investigating] The API is slow").click()
        frame = page.frame_locator("iframe")
        expect(frame.locator("body")).to_contain_text("We are looking into it.")
        expect(page.locator("pre")).to_contain_text("We are looking into it.")
        expect(page.locator("dl")).to_contain_text("Auto-Submitted")
        wait_for(
            page,
            "(e => e.clientHeight === e.contentDocument.documentElement.scrollHeight)"
            "(document.querySelector('iframe'))",
        )

        preview.write({SLOW: INCIDENT.replace("We are looking", "We all look")})
        expect(page.locator("pre")).to_contain_text("We all look into it.")
        expect(frame.locator("body")).to_contain_text("We all look into it.")

        (preview.root / SLOW).unlink()
        expect(page.locator("h1")).to_have_text("There is no such mail")

    def test_template_of_a_mail(self, begin: Begin, tab: OpenTab) -> None:
        """Its HTML alone may change, and it is shown."""
        preview = begin()
        page = tab(f"{preview.url}outbox/incident-slow-20260102T1705Z/")

        preview.write({"overrides/emails/update.html": "<p>New.</p>"})

        expect(page.frame_locator("iframe").locator("body")).to_have_text("New.")

    def test_script(self, begin: Begin, new_context: NewContext) -> None:
        """Nothing in a mail is run."""
        preview = begin({"overrides/emails/update.html": "<script>top.document.title = 1</script>"})
        said: list[str] = []
        page = new_context().new_page()
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{preview.url}outbox/incident-slow-20260102T1705Z/")

        page.frame_locator("iframe").locator("script").wait_for(state="attached")
        assert page.title() == "[Investigating] The API is slow · Outbox"
        assert [line.split(" in ")[0] for line in said] == ["Blocked script execution"]

    def test_parts(self, begin: Begin) -> None:
        """A mail is downloaded as it was written; its HTML may ask nobody for anything."""
        preview = begin()
        (path,) = {
            found.decode()
            for found in re.findall(rb'href="(/outbox/[^"]+)/"', preview.ask("/outbox/").body)
        }

        answer = preview.ask(f"{path}.eml")
        assert answer.headers["Content-Type"] == "message/rfc822"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert b"\r\nSubject: [Investigating] The API is slow\r\n" in answer.body
        policy = preview.ask(f"{path}.html").headers["Content-Security-Policy"]
        assert policy == (
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
        )
        assert preview.ask(f"{path}x/").status == 404

    def test_empty(self, begin: Begin, tab: OpenTab, root: Path) -> None:
        """Without a mail it says so."""
        (root / SLOW).unlink()

        assert tab(f"{begin().url}outbox/").locator("h1").inner_text() == "No mails"


class Process:
    """`statusgen serve` as a process of its own, whose temporary files are in a folder."""

    def __init__(self, root: Path, folder: Path, *words: str, **environment: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-W", "error::ResourceWarning", "-m", "statusgen", "serve"),
                *(".", "--as-of", "2026-01-03 12:00 UTC", *words),
            ],
            cwd=root,
            env=os.environ
            | {"PYTHONPATH": str(PROJECT), "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"}
            | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def url(self) -> str:
        """Wait for the line that tells the address."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        found = re.fullmatch(
            r"Preview of \. at (\S+), its mails at /outbox/\. Ctrl-C ends it\.\n", line
        )
        assert found, line
        return found[1]

    def end(self, sign: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
        """Ask for the end; tell how it ended, and what else was said."""
        self.process.send_signal(sign)
        said, warned = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said, warned


class TestProcess:
    """How it begins and ends."""

    @pytest.fixture
    def start(self, root: Path, tmp_path: Path) -> Iterator[Callable[..., Process]]:
        """A function that starts a preview; what a test leaves behind is ended."""
        started: list[Process] = []

        def start(*words: str, **environment: str) -> Process:
            started.append(Process(root, tmp_path, *words, **environment))
            return started[-1]

        yield start
        for each in started:
            each.process.kill()
            each.process.communicate()

    @pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
    def test_end(
        self,
        start: Callable[..., Process],
        new_context: NewContext,
        root: Path,
        tmp_path: Path,
        sign: signal.Signals,
    ) -> None:
        """It ends at once and without a word, while a browser listens, and leaves nothing."""
        before = tree(root)
        process = start("--port", "0")
        page = new_context().new_page()
        with page.expect_request("**/.statusgen/events*"):
            page.goto(process.url())

        assert process.end(sign) == (0, "", "")
        assert list(tmp_path.iterdir()) == []
        assert tree(root) == before

    def test_next_port(self, start: Callable[..., Process]) -> None:
        """Where a port is taken the next free one is used."""
        ports = [int(start().url().split(":")[2].rstrip("/")) for _ in range(2)]

        assert ports[0] >= PORT
        assert ports[1] > ports[0]

    def test_port_is_taken(self, start: Callable[..., Process]) -> None:
        """A port that was asked for and is taken is an error that says what to do."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            process = start("--port", str(port))
            said, warned = process.process.communicate(timeout=PATIENCE)

        assert (process.process.returncode, said) == (1, "")
        assert warned == (
            f"statusgen: port {port} is taken; "
            "name another, or leave --port out for the next free one\n"
        )

    def test_open(self, start: Callable[..., Process], tmp_path: Path) -> None:
        """The browser is opened at the site's first page."""
        kept = tmp_path / "kept"
        os.mkfifo(kept)
        browser = tmp_path / "browser"
        browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {kept}\n')
        browser.chmod(0o755)
        process = start("--open", "--port", "0", BROWSER=f"{browser} %s")

        assert kept.read_text() == process.url()

    def test_lines(self, start: Callable[..., Process], root: Path) -> None:
        """Each rebuild is a line with its time, each problem is told as `check` tells it."""
        process = start("--port", "0")
        process.url()
        assert process.process.stdout
        assert process.process.stderr
        write(root, {SLOW: MISSPELT})
        line = process.process.stdout.readline()
        assert re.fullmatch(r"\d\d:\d\d:\d\d 1 problem; the last good page stays\n", line)
        assert process.process.stderr.readline().startswith(f"{SLOW}:9: updates[0].header: ")
        write(root, {SLOW: INCIDENT.replace("slow", "very slow")})
        line = process.process.stdout.readline()
        assert re.fullmatch(rf"\d\d:\d\d:\d\d {SLOW} changed, \d+ ms\n", line)
        assert process.end() == (0, "", "")

    def test_now(self) -> None:
        """Unless a moment is named it is the clock's, read anew for each build."""
        from statusgen.cli.options import now  # noqa: PLC0415 - what the command hands on

        assert now(None).is_clock
        assert abs((now(None).as_of - datetime.now(UTC)).total_seconds()) < 60
