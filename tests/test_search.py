"""The search of the history in a real browser: what is found, how it is told, what it asks for."""

from __future__ import annotations

import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.examples import NASTY
from tests.folders import new_folder
from tests.worlds import MINIMAL, Files, publish, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator, Page, Route

    from tests.conftest import NewContext

    Visit = Callable[..., "Reader"]


DOTLESS = "\N{LATIN SMALL LETTER DOTLESS I}"


def story(title: str, day: str, text: str, component: str = "api") -> str:
    """Write an incident that was over at once."""
    return (
        f"---\ntitle: '{title.replace(chr(39), 2 * chr(39))}'\nseverity: SEV-2\n"
        f"started: {day} UTC\ncomponents: [{component}]\n---\n\n"
        f"[RESOLVED] {text}\nUpdated: {day} UTC\n"
    )


FAR = "Nothing to see. " * 40
SITE: Files = MINIMAL | {
    "content/incidents/turkish.md": story(
        "İşlemler yavaş",
        "2026-01-02 09:00",
        f"Bir k{DOTLESS}r{DOTLESS}k bağlant{DOTLESS} var. Straße, Łódź.",
    ),
    "content/incidents/nasty.md": story(NASTY, "2026-01-01 09:00", "It was **nasty**."),
    "content/incidents/far.md": story(
        "A long story", "2025-03-01 09:00", f"{FAR} The wombat was hungry. {FAR}", "db"
    ),
    "content/incidents/old.md": story("Slow wombats", "2024-03-01 09:00", "They slept."),
    "content/maintenance/disks.md": """
        ---
        title: New disks
        starts: 2026-01-02 12:00 UTC
        ends: 2026-01-02 13:00 UTC
        components: [db]
        ---

        [SCHEDULED] We put in quicker disks.
        Updated: 2026-01-01 09:00 UTC
    """,
    **{
        f"content/incidents/many-{number}.md": story(
            f"Badger {number}", f"2025-06-{number // 4 + 1:02} 0{number % 4}:00", "One badger."
        )
        for number in range(60)
    },
}


class Handler(SimpleHTTPRequestHandler):
    """Answers quietly."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of the site, on a real web server that knows only files."""
    with new_folder() as folder:
        publish(write(folder, SITE), as_of="2026-01-04 12:00")
        handler = partial(Handler, directory=str(folder / "public"))
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}/"
            server.shutdown()
            thread.join()


class Reader:
    """A reader of the history, what was asked for meanwhile, and what the browser had to say."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.asked: list[str] = []
        self.said: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url.removeprefix(address)))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    @property
    def box(self) -> Locator:
        """Where words are written."""
        return self.page.get_by_role("searchbox")

    @property
    def years(self) -> Locator:
        """The years at a glance."""
        return self.page.locator("#years")

    @property
    def results(self) -> Locator:
        """What was found."""
        return self.page.get_by_role("search").get_by_role("listitem")

    def open(self, path: str = "history/") -> Reader:
        """Go to a page."""
        self.page.goto(self.address + path)
        return self

    def finds(self, words: str, told: str) -> list[str]:
        """Look for words, wait for what is told, and give the titles of what was found."""
        self.box.fill(words)
        expect(self.page.locator(".search [role=status]")).to_have_text(told)
        return self.titles()

    def titles(self) -> list[str]:
        """Give the titles of what is shown as found."""
        return self.results.get_by_role("heading").all_inner_texts()

    def indexes(self) -> list[str]:
        """Tell the years that were asked for."""
        return [path for path in self.asked if path.endswith(".json")]


@pytest.fixture
def visit(new_context: NewContext, address: str) -> Iterator[Visit]:
    """A function that begins a visit; the browser has nothing to complain of in any."""
    readers: list[Reader] = []

    def begin(**options: object) -> Reader:
        readers.append(Reader(new_context(**options).new_page(), address))
        return readers[-1]

    yield begin
    assert [each.said for each in readers] == [[] for _ in readers]


NOTHING = "Nothing was found. Try other words, or fewer."


def test_words(visit: Visit) -> None:
    """Writing a word shows what holds it in place of the years; taking it away brings them back."""
    reader = visit().open()

    assert reader.finds("quicker", "Found: 1") == ["New disks"]
    assert not reader.years.is_visible()
    entry = reader.results.first
    assert entry.locator(".meta").inner_text() == "2 January 2026 · Completed · Database"
    assert entry.locator("time").get_attribute("datetime") == "2026-01-02"
    assert entry.locator(".snippet").inner_text() == "We put in quicker disks."
    assert entry.locator("mark").all_inner_texts() == ["quicker"]

    assert reader.finds("", "") == []
    assert reader.years.is_visible()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("wombat", ["A long story", "Slow wombats"]),
        ("wombat hungry", ["A long story"]),
        ("hungry database wombat", ["A long story"]),
        ("wombat 2024", ["Slow wombats"]),
        ("wombat badger", []),
        ("New disks quicker", ["New disks"]),
    ],
)
def test_all_words(visit: Visit, words: str, found: list[str]) -> None:
    """An entry is found that holds all words, in title, text, component or date; newest first."""
    told = f"Found: {len(found)}" if found else NOTHING

    assert visit().open().finds(words, told) == found


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("işlemler", "İşlemler"),
        ("ISLEMLER", "İşlemler"),
        ("İŞLEM", "İşlem"),
        (f"{DOTLESS}şlem", "İşlem"),
        ("kirik", f"k{DOTLESS}r{DOTLESS}k"),
        ("KIRIK", f"k{DOTLESS}r{DOTLESS}k"),
        (f"k{DOTLESS}rik", f"k{DOTLESS}r{DOTLESS}k"),
        ("bag\N{COMBINING BREVE}lanti", f"bağlant{DOTLESS}"),
        ("strasse", "Straße"),
        ("straß", "Straß"),
        ("lodz", "Łódź"),
    ],
)
def test_case_and_accents(visit: Visit, words: str, marked: str) -> None:
    """Case and accents make no difference, the Turkish i's neither; marked is what is written."""
    reader = visit().open()

    assert reader.finds(words, "Found: 1") == ["İşlemler yavaş"]
    assert reader.results.locator("mark").all_inner_texts() == [marked]


def test_nothing_found(visit: Visit) -> None:
    """Who finds nothing is told so, and still has the years to look through."""
    reader = visit().open()

    assert reader.finds("unicorn", NOTHING) == []
    assert reader.years.is_visible()


def test_markup_is_text(visit: Visit) -> None:
    """What titles and texts hold is shown as text, whatever it looks like."""
    reader = visit().open()

    (title,) = reader.finds("<script>", "Found: 1")

    assert title == NASTY
    assert reader.results.locator("b, script").count() == 0
    assert reader.results.locator(".snippet").inner_text() == "It was nasty."


def test_excerpt(visit: Visit) -> None:
    """Of a long text the part is shown in which the word stands."""
    reader = visit().open()
    reader.finds("wombat hungry", "Found: 1")

    told = reader.results.locator(".snippet").inner_text()

    assert re.fullmatch(r"… .*The wombat was hungry\..* …", told)
    assert len(told) < 300


def test_no_more_than_is_needed(visit: Visit) -> None:
    """Fifty are shown at once, and no year is asked for before it is needed; none is twice."""
    reader = visit().open()
    assert reader.indexes() == []

    found = reader.finds("badger", "The newest 50 that were found")
    assert (found[0], found[-1], len(found)) == ("Badger 59", "Badger 10", 50)
    assert reader.indexes() == ["search/2026-01.json", "search/2025-03.json"]

    reader.page.get_by_role("button", name="Show older ones").click()
    expect(reader.page.locator(".search [role=status]")).to_have_text("Found: 60")
    assert reader.titles()[-1] == "Badger 0"
    assert reader.indexes() == ["search/2026-01.json", "search/2025-03.json", "search/2024-03.json"]
    expect(reader.page.get_by_role("link", name="Badger 9", exact=True)).to_be_focused()
    assert not reader.page.get_by_role("button").is_visible()


def test_address(visit: Visit) -> None:
    """What is looked for stands in the address, which shows the same to whoever opens it."""
    reader = visit().open()
    found = reader.finds("wombat & hungry", NOTHING) or reader.finds("hungry wombat", "Found: 1")
    query = urlsplit(reader.page.url).query
    assert parse_qs(query) == {"q": ["hungry wombat"]}

    other = visit().open(f"history/?{query}")
    expect(other.page.locator(".search [role=status]")).to_have_text("Found: 1")
    assert other.titles() == found
    assert other.box.input_value() == "hungry wombat"

    other.finds("", "")
    assert urlsplit(other.page.url).query == ""


def test_keyboard(visit: Visit) -> None:
    """Search and way to a page need only the keyboard, and the way back leads to what was found."""
    reader = visit().open()
    reader.box.focus()
    reader.page.keyboard.type("slept")
    reader.page.keyboard.press("Enter")
    expect(reader.page.locator(".search [role=status]")).to_have_text("Found: 1")
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Enter")
    expect(reader.page).to_have_url(f"{reader.address}incidents/old/")

    reader.page.go_back()

    expect(reader.page.locator(".search [role=status]")).to_have_text("Found: 1")
    assert reader.titles() == ["Slow wombats"]


def test_unreachable(visit: Visit) -> None:
    """Where an index cannot be had, that is said and the years stay; the next time it is tried."""
    reader = visit().open()
    failed = "The search cannot be reached now. The months below lead to everything."
    reader.page.route("**/search/*.json", lambda route: route.fulfill(status=503))
    assert reader.finds("badger", failed) == []
    assert reader.years.is_visible()
    assert all("503" in said for said in reader.said)
    reader.said.clear()

    reader.page.unroute("**/search/*.json")
    assert reader.finds("slept", "Found: 1") == ["Slow wombats"]


def test_the_last_word_counts(visit: Visit) -> None:
    """An answer that comes late does not take the place of what was looked for since."""
    reader = visit().open()
    late: list[Route] = []

    def delay(route: Route) -> None:
        late.append(route)

    reader.page.route("**/search/2024-03.json", delay)
    reader.box.fill("slept")
    reader.page.get_by_role("search").locator("input").press("Enter")
    expect(reader.page.locator(".search [role=status]")).to_have_text("Searching…")

    reader.finds("badger", "The newest 50 that were found")
    late[0].continue_()
    reader.page.wait_for_load_state("networkidle")

    assert len(reader.titles()) == 50


def test_without_script(visit: Visit) -> None:
    """Without JavaScript there is no box and no room for one, and every month can be reached."""
    reader = visit(java_script_enabled=False).open()

    assert not reader.page.locator("#search").is_visible()
    head = reader.page.locator("header.top").bounding_box()
    first = reader.page.locator("h2").first.bounding_box()
    assert head
    assert first
    assert first["y"] - (head["y"] + head["height"]) < 60
    links = reader.years.get_by_role("link").all()
    assert [link.get_attribute("href") for link in links] == [
        "../history/2026-01/",
        "../history/2025-03/",
        "../history/2025-06/",
        "../history/2024-03/",
    ]


def test_nothing_moves(visit: Visit) -> None:
    """The room of the box is kept until its script is there, so that the years stay in place."""
    reader = visit()
    reader.page.route("**/search.*.js", lambda route: route.abort())
    reader.open()
    place = reader.years.bounding_box()
    reader.said.clear()

    reader.page.unroute("**/search.*.js")
    reader.open()

    assert reader.box.is_visible()
    assert reader.years.bounding_box() == place


def test_only_the_history_has_it(visit: Visit) -> None:
    """No other page loads the script."""
    reader = visit()
    for path in ("", "history/2026-01/", "incidents/old/", "components/api/"):
        reader.open(path)
    assert [path for path in reader.asked if "search" in path] == []
    reader.open()
    assert len([path for path in reader.asked if "search" in path]) == 1


@pytest.mark.parametrize("width", [320, 1280])
def test_width(visit: Visit, width: int) -> None:
    """What is found is no wider than the screen."""
    reader = visit(viewport={"width": width, "height": 900}).open()
    for words, told in (("<script>", "Found: 1"), ("badger", "The newest 50 that were found")):
        reader.finds(words, told)
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= width
