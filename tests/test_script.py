"""What an open page does by itself, in a real browser with a clock and a zone of its own."""

from __future__ import annotations

import gzip
import os
import re
import threading
import time
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

import pytest
from playwright.sync_api import expect

from statusgen.theme import SHIPPED
from tests.views import incident, maintenance
from tests.worlds import MINIMAL, at, publish, tree, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Locator, Page, Route

    from tests.conftest import NewContext
    from tests.worlds import Files

    OpenSite = Callable[..., "Reader"]

HOST = "https://status.example.com/"
SCRIPT = SHIPPED / "default/static/page.js"
SLOW = "content/incidents/slow.md"
DISKS = "content/maintenance/disks.md"
WORK = "maintenance/disks/"

DENIED = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("Access is denied for this document.", "SecurityError"); },
});"""
"""How Chromium denies storage to a page, if its reader wants so."""

OLD = """Date.prototype.toLocaleString = (_, { timeZone }) => {
  if (timeZone) throw new RangeError(`Invalid time zone specified: ${timeZone}`);
};"""
"""How a browser answers that is older than the name of a zone."""

SEEN = """(isSeen) => {
  Object.defineProperty(document, "hidden", { configurable: true, value: !isSeen });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


class Reader:
    """A reader with a browser, and the host that answers it and counts what it was asked."""

    def __init__(
        self, new_context: NewContext, public: Path, now: str, *scripts: str, **options: object
    ) -> None:
        self.files = {HOST + path: data for path, data in tree(public).items()}
        self.headers = {"ETag": '"first"'}
        self.loaded: dict[str, dict[str, str]] = {}
        self.status = 200
        self.looks = 0
        self.said: list[str] = []
        context = new_context(**({"timezone_id": "UTC", "locale": "en-US"} | options))
        context.route("**/*", self.answer)
        for script in scripts:
            context.add_init_script(script)
        context.clock.install(time=at(now) - timedelta(seconds=10))  # from here on it runs
        context.clock.pause_at(at(now))
        self.context = context
        self.page = self.tab()

    def tab(self) -> Page:
        """Open a further tab; the clock, which is that of all, stands until it is put forward."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.said.append(str(error)))
        return page

    def answer(self, route: Route) -> None:
        """Answer with a published file.

        A browser that is answered so has no memory: what a page first asks of it is answered here.
        """
        url = route.request.url
        if route.request.resource_type == "fetch" and url.endswith("/"):
            if url in self.loaded:
                route.fulfill(headers=self.loaded.pop(url))
            else:
                self.looks += 1
                route.fulfill(status=self.status, headers=self.headers)
            return
        data = self.files[f"{url}index.html" if url.endswith("/") else url]
        kinds = {"css": "text/css", "svg": "image/svg+xml", "js": "text/javascript"}
        kind = kinds.get(url.rpartition(".")[2], "text/html; charset=utf-8")
        if url.endswith("/"):
            self.loaded[url] = self.headers
        route.fulfill(body=data, content_type=kind)

    def open(self, path: str = "") -> Page:
        """Go to a page of the site."""
        self.page.goto(HOST + path)
        return self.page

    def assert_asked(self, times: int) -> None:
        """Hold how often the host was asked for news, once the last question has gone out."""
        for _ in range(500):
            if self.looks >= times:
                break
            self.page.wait_for_timeout(10)
        self.page.evaluate("fetch('/robots.txt')")  # what was asked before has come as well
        assert self.looks == times

    def see(self, *, is_seen: bool) -> None:
        """Turn to the page, or away from it."""
        self.page.evaluate(SEEN, is_seen)


@pytest.fixture
def open_site(new_context: NewContext, tmp_path: Path) -> OpenSite:
    """A function that publishes a site as of a moment, and gives it to a reader at another."""

    def begin(
        files: Files,
        *scripts: str,
        built: str = "2026-01-03 10:00",
        now: str = "2026-01-03 10:00",
        **options: object,
    ) -> Reader:
        root = write(tmp_path, MINIMAL | files)
        publish(root, as_of=built)
        return Reader(new_context, root / "public", now, *scripts, **options)

    return begin


def site(zone: str, language: str = "en") -> Files:
    """Set the site's zone and language."""
    return {
        "content/site.yml": f"""
            title: Example
            url: {HOST}
            timezone: {zone}
            language: {language}
            since: 2026-01-01
        """
    }


def switch(page: Page) -> Locator:
    """The choice of a zone."""
    return page.locator("#zone")


def window(page: Page) -> list[str]:
    """Start and end of a maintenance, as its page tells them."""
    return page.locator(".top time").all_inner_texts()


def test_size() -> None:
    """The script is small, though it is published as it is read."""
    assert len(gzip.compress(SCRIPT.read_bytes(), mtime=0)) <= 2400


class TestZone:
    """In which zone times are shown."""

    def test_page_zone(self, open_site: OpenSite) -> None:
        """Times are in the page's zone until the reader chooses the own one, and then again."""
        page = open_site({DISKS: maintenance()}, timezone_id="Europe/Istanbul").open(WORK)
        assert window(page) == ["3 January 2026, 12:00 UTC", "13:00"]
        assert switch(page).locator("option").all_inner_texts() == [
            "UTC",
            "your zone (Europe/Istanbul)",
        ]
        expect(page.get_by_text("Times are in UTC.")).to_be_hidden()

        switch(page).select_option(index=1)
        assert window(page) == ["3 January 2026 at 15:00 GMT+3", "16:00"]
        assert page.locator(".top time").first.get_attribute("title") == "3 January 2026, 12:00 UTC"

        switch(page).select_option("UTC")
        assert window(page) == ["3 January 2026, 12:00 UTC", "13:00"]
        assert page.locator(".top time").first.get_attribute("title") == ""

    def test_remembered(self, open_site: OpenSite) -> None:
        """The choice holds on every page of the site, and no cookie is set for it."""
        reader = open_site({DISKS: maintenance(), SLOW: incident()}, timezone_id="Europe/Istanbul")
        switch(reader.open(WORK)).select_option(index=1)

        page = reader.open("incidents/slow/")

        assert switch(page).input_value() == "own"
        expect(page.locator(".when time").first).to_have_text("2 January 2026 at 20:05 GMT+3")
        assert reader.context.cookies() == []

    def test_storage_denied(self, open_site: OpenSite) -> None:
        """Where storage is denied the choice holds for the page, and nothing breaks."""
        reader = open_site({DISKS: maintenance()}, DENIED, timezone_id="Europe/Istanbul")
        page = reader.open(WORK)

        switch(page).select_option(index=1)

        assert window(page) == ["3 January 2026 at 15:00 GMT+3", "16:00"]
        assert switch(reader.open(WORK)).input_value() == ""
        assert reader.said == []

    @pytest.mark.parametrize(
        ("now", "is_offered"), [("2026-01-03 10:00", False), ("2026-07-03 10:00", True)]
    )
    def test_agreeing_zones(self, open_site: OpenSite, now: str, *, is_offered: bool) -> None:
        """There is nothing to choose while the clocks of both zones agree."""
        reader = open_site({}, now=now, timezone_id="Europe/London")
        page = reader.open()

        expect(switch(page)).to_be_visible(visible=is_offered)
        expect(page.get_by_text("Times are in UTC.")).to_be_visible(visible=not is_offered)

    def test_date_line(self, open_site: OpenSite) -> None:
        """Zones whose clocks agree a day apart do not agree."""
        files = site("Pacific/Honolulu") | {DISKS: maintenance()}
        page = open_site(files, timezone_id="Pacific/Kiritimati").open(WORK)
        assert window(page) == ["3 January 2026, 02:00 HST", "03:00"]

        switch(page).select_option(index=1)

        assert window(page) == ["4 January 2026 at 02:00 GMT+14", "03:00"]

    @pytest.mark.parametrize(
        ("zone", "starts", "ends", "own"),
        [
            (
                "Europe/Istanbul",
                "2026-01-03 20:00",
                "2026-01-03 22:00",
                ["3 January 2026 at 23:00 GMT+3", "4 January 2026 at 01:00 GMT+3"],
            ),
            (
                "Europe/Istanbul",
                "2026-01-03 22:00",
                "2026-01-04 01:00",
                ["4 January 2026 at 01:00 GMT+3", "4 January 2026 at 04:00 GMT+3"],
            ),
            (
                "Europe/Berlin",
                "2026-03-29 00:30",
                "2026-03-29 01:30",
                ["29 March 2026 at 01:30 CET", "03:30 CEST"],
            ),
            (
                "Europe/Berlin",
                "2026-10-25 00:30",
                "2026-10-25 01:30",
                ["25 October 2026 at 02:30 CEST", "02:30 CET"],
            ),
        ],
        ids=["a-day-more", "a-day-less", "spring", "autumn"],
    )
    def test_span(
        self, open_site: OpenSite, zone: str, starts: str, ends: str, own: list[str]
    ) -> None:
        """The end of a span says its day if that is another, its zone if the offset changed."""
        work = maintenance(starts=f"{starts} UTC", ends=f"{ends} UTC")
        page = open_site({DISKS: work}, timezone_id=zone).open(WORK)

        switch(page).select_option(index=1)

        assert window(page) == own

    def test_unknown_zone(self, open_site: OpenSite) -> None:
        """A browser that does not know the page's zone offers no other, and does all else."""
        page = open_site({SLOW: incident()}, OLD, timezone_id="Europe/Istanbul").open()

        expect(page.get_by_text("Times are in UTC.")).to_be_visible()
        expect(switch(page)).to_be_hidden()
        expect(page.locator("footer")).to_contain_text("(16 hours ago)")

    def test_language(self, open_site: OpenSite) -> None:
        """Times and ages are in the page's language, whatever the browser's is."""
        files = site("UTC", "de") | {DISKS: maintenance()}
        page = open_site(files, timezone_id="Europe/Berlin", locale="tr-TR").open(WORK)

        switch(page).select_option(index=1)

        assert window(page) == ["3. Januar 2026 um 13:00 MEZ", "14:00"]
        expect(page.locator(".top")).to_contain_text("(in 2 Stunden)")

    def test_other_words(self, open_site: OpenSite) -> None:
        """A time that a theme words itself stays as it is."""
        files: Files = {
            "content/components.yml": "[]",
            "overrides/templates/partials/header.html": (
                "{% if page.frame.newest %}{{ page.frame.newest | time('lately') }}{% endif %}"
            ),
            DISKS: maintenance(components=""),
        }
        page = open_site(files, timezone_id="Europe/Istanbul").open()

        switch(page).select_option(index=1)

        expect(page.locator("time").first).to_have_text("lately")

    def test_without_script(self, open_site: OpenSite) -> None:
        """Without a script the page says its zone, and offers nothing that would not work."""
        files: Files = {
            DISKS: maintenance(),
            SLOW: incident("17:05 investigating; Next update: 17:30"),
        }
        page = open_site(files, timezone_id="Europe/Istanbul", java_script_enabled=False).open()

        expect(page.get_by_text("Times are in UTC.")).to_be_visible()
        expect(switch(page)).to_be_hidden()
        expect(page.locator("button")).to_be_hidden()
        expect(page.locator(".card.maintenance .meta")).to_have_text(
            re.compile("Scheduled: 3 January 2026, 12:00 UTC to 13:00")
        )


class TestAges:
    """How long ago, or ahead."""

    @pytest.mark.parametrize(
        ("now", "age"),
        [
            ("2026-01-02 17:05:30", "this minute"),
            ("2026-01-02 17:06:59", "1 minute ago"),
            ("2026-01-02 19:04", "119 minutes ago"),
            ("2026-01-02 20:04:59", "2 hours ago"),
            ("2026-01-04 17:04", "47 hours ago"),
            ("2026-01-12 17:04", "9 days ago"),
        ],
    )
    def test_as_of(self, open_site: OpenSite, now: str, age: str) -> None:
        """The foot of home tells the newest update's time, and how old that is: never less."""
        page = open_site({SLOW: incident("17:05 resolved")}, now=now).open()

        expect(page.locator("footer p").first).to_have_text(
            f"Newest update: 2 January 2026, 17:05 UTC ({age})"
        )

    def test_each_minute(self, open_site: OpenSite) -> None:
        """The newest update of what is open tells its age, which grows while the page is seen."""
        files: Files = {SLOW: incident("17:05 investigating", "17:30 update")}
        reader = open_site(files, now="2026-01-02 17:32")
        page = reader.open("incidents/slow/")
        whens = page.locator(".when")
        expect(whens.first).to_contain_text("2 January 2026, 17:30 UTC (2 minutes ago)")
        expect(whens.nth(1)).not_to_contain_text("ago")

        page.clock.run_for(60_000)
        expect(whens.first).to_contain_text("3 minutes ago")

        reader.see(is_seen=False)
        page.clock.run_for(600_000)
        expect(whens.first).to_contain_text("3 minutes ago")

        reader.see(is_seen=True)
        expect(whens.first).to_contain_text("13 minutes ago")


class TestTurns:
    """What becomes true by the clock while a page is open."""

    def test_window(self, open_site: OpenSite) -> None:
        """A window opens and closes at its instants, on home and on its own page."""
        reader = open_site({DISKS: maintenance()})
        page = reader.open()
        own = reader.tab()
        own.goto(HOST + WORK)
        banner, card = page.locator(".banner h1"), page.locator(".card.maintenance")
        database = page.locator(".component").nth(1).locator(".state")

        def told() -> list[str]:
            places = (banner, card.locator(".meta span").first, database, own.locator(".state"))
            return [" ".join(place.inner_text().split()) for place in places]

        def icon() -> str:
            (link,) = page.locator("link[rel=icon]").all()
            return str(link.get_attribute("href")).split(".")[-3]

        assert icon() == "/static/icon-none"
        assert told() == ["All Systems Operational", "Scheduled", "Operational", "Scheduled"]
        expect(card).to_contain_text("12:00 UTC (in 2 hours) to 13:00")

        page.clock.run_for(2 * 3600_000 - 1)
        assert told() == ["All Systems Operational", "Scheduled", "Operational", "Scheduled"]
        page.clock.run_for(1)
        assert told() == [
            "Service Under Maintenance",
            "In progress",
            "Under maintenance",
            "In progress",
        ]
        expect(page.locator(".banner")).to_have_class("banner maintenance")
        assert icon() == "/static/icon-maintenance"
        page.clock.run_for(3600_000)
        assert told() == ["All Systems Operational", "Completed", "Operational", "Completed"]
        assert icon() == "/static/icon-none"

    def test_midnight(self, open_site: OpenSite) -> None:
        """Once the day is over, what was said of today is told by its date, whatever the zone."""
        files: Files = site("Asia/Kolkata") | {
            SLOW: incident("2026-01-03 09:05 resolved", started="2026-01-03 09:00 UTC")
        }
        page = open_site(files, now="2026-01-03 18:29").open()
        headings = page.locator("#resolved, #recent")
        scale = page.locator(".component").first.locator(".scale > span:not(.share)")
        assert headings.all_inner_texts() == ["Resolved today", "The last 3 days"]
        assert scale.all_inner_texts() == ["90 days ago", "Today"]

        page.clock.run_for(60_000)

        assert headings.all_inner_texts() == [
            "Resolved on 3 January 2026",
            "3 days until 3 January 2026",
        ]
        assert scale.all_inner_texts() == ["6 October 2025", "3 January 2026"]

    def test_calm_again(self, open_site: OpenSite) -> None:
        """When maintenance is over the banner says again since when no incident was."""
        files: Files = {
            DISKS: maintenance(),
            SLOW: incident("17:05 resolved"),
        }
        page = open_site(files).open()
        expect(page.locator(".banner")).to_contain_text("No incident since 2 January 2026")
        page.clock.run_for(2 * 3600_000)
        expect(page.locator(".banner")).to_contain_text("Since 3 January 2026, 12:00 UTC")
        page.clock.run_for(3600_000)
        expect(page.locator(".banner")).to_contain_text("No incident since 2 January 2026")

    def test_opened_late(self, open_site: OpenSite) -> None:
        """A page that nobody has built since says what is true now."""
        page = open_site({DISKS: maintenance()}, now="2026-01-03 12:30").open()

        expect(page.locator(".banner h1")).to_have_text("Service Under Maintenance")
        expect(page.locator("template")).not_to_have_count(0)

    def test_worse_stays(self, open_site: OpenSite) -> None:
        """While something worse holds, neither the banner nor the component turns."""
        files: Files = {DISKS: maintenance(), SLOW: incident(components="{db: partial_outage}")}
        page = open_site(files, now="2026-01-03 12:30").open()

        expect(page.locator(".banner h1")).to_have_text("Minor Service Outage")
        expect(page.locator(".component").nth(1).locator(".state")).to_have_text("Partial outage")
        expect(page.locator(".card.maintenance .meta")).to_contain_text("In progress")

    def test_overrun(self, open_site: OpenSite) -> None:
        """Work that was said to be in progress goes on past its end, and says so."""
        work = maintenance("2026-01-01 09:00 scheduled", "2026-01-03 12:05 in_progress")
        page = open_site({DISKS: work}, built="2026-01-03 12:10", now="2026-01-03 12:59").open(WORK)
        expect(page.locator(".top")).not_to_contain_text("longer than planned")

        page.clock.run_for(60_000)

        expect(page.locator(".top")).to_contain_text("13:00. It takes longer than planned.")
        expect(page.locator(".state")).to_have_text("In progress")

    def test_own_zone(self, open_site: OpenSite) -> None:
        """What appears later is in the zone that was chosen."""
        files: Files = {SLOW: incident("17:05 investigating; Next update: 17:30 UTC")}
        reader = open_site(
            files, built="2026-01-02 17:10", now="2026-01-02 17:29", timezone_id="Asia/Kolkata"
        )
        page = reader.open()
        switch(page).select_option(index=1)
        note = page.locator(".note")
        expect(note).to_have_text("Next update by 2 January 2026 at 23:00 GMT+5:30")

        page.clock.run_for(60_000)

        expect(note).to_have_text("The next update was due at 2 January 2026 at 23:00 GMT+5:30")


class TestNews:
    """How an open page notices that it was published anew."""

    def test_newer(self, open_site: OpenSite) -> None:
        """A newer version is offered, with a button that shows it."""
        reader = open_site({})
        page = reader.open()
        bar = page.get_by_role("status")
        reader.assert_asked(1)
        expect(bar.get_by_role("button")).to_be_hidden()
        reader.headers = {"ETag": '"second"'}

        page.clock.run_for(60_000)

        expect(bar).to_contain_text("A newer version of this page is published.")
        page.evaluate("window.marked = true")
        bar.get_by_role("button").click()
        page.wait_for_load_state()
        expect(bar).to_be_hidden()
        assert page.evaluate("window.marked") is None

    def test_last_modified(self, open_site: OpenSite) -> None:
        """The time of the last change will do where there is no ETag."""
        reader = open_site({})
        reader.headers = {"Last-Modified": "Sat, 03 Jan 2026 10:00:00 GMT"}
        page = reader.open()
        reader.assert_asked(1)
        reader.headers = {"Last-Modified": "Sat, 03 Jan 2026 10:05:00 GMT"}

        page.clock.run_for(60_000)

        expect(page.get_by_role("status").get_by_role("button")).to_be_visible()

    @pytest.mark.parametrize("status", [200, 404, 503])
    def test_nothing_to_compare(self, open_site: OpenSite, status: int) -> None:
        """A host that does not say, and one that fails, change nothing."""
        reader = open_site({})
        page = reader.open()
        reader.assert_asked(1)
        reader.status, reader.headers = status, {} if status == 200 else {"ETag": '"else"'}

        page.clock.run_for(60_000)

        reader.assert_asked(2)
        expect(page.get_by_role("status").get_by_role("button")).to_be_hidden()
        assert reader.said == []

    def test_once_a_minute(self, open_site: OpenSite) -> None:
        """The host is asked once a minute at most, however often the page is turned to."""
        reader = open_site({})
        page = reader.open()
        for _ in range(5):
            reader.see(is_seen=False)
            reader.see(is_seen=True)
        page.clock.run_for(59_999)
        reader.assert_asked(1)

        page.clock.run_for(1)
        reader.assert_asked(2)
        page.clock.run_for(59_999)
        reader.assert_asked(2)

    def test_hidden(self, open_site: OpenSite) -> None:
        """A page that nobody sees asks nothing; when it is seen again it asks at once."""
        reader = open_site({})
        page = reader.open()
        reader.see(is_seen=False)
        page.clock.run_for(3600_000)
        reader.assert_asked(1)

        reader.see(is_seen=True)

        reader.assert_asked(2)

    def test_offline(self, open_site: OpenSite) -> None:
        """Without a network nothing is asked."""
        reader = open_site({})
        page = reader.open()
        reader.assert_asked(1)
        page.evaluate("Object.defineProperty(navigator, 'onLine', { value: false })")

        page.clock.run_for(120_000)

        reader.assert_asked(1)


class TestNewsOfAHost:
    """Word of a newer version, where a browser remembers what a real server gave it."""

    @pytest.fixture
    def public(self, tmp_path: Path) -> Path:
        """A site that was published yesterday."""
        root = write(tmp_path, MINIMAL)
        publish(root, as_of="2026-01-03 10:00")
        self.date(root / "public/index.html", days=1)
        return root / "public"

    @pytest.fixture
    def address(self, public: Path) -> Iterator[str]:
        """Where it is served, by a server that knows only files and their dates."""
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=public)) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.05,))
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}/"
            server.shutdown()
            thread.join()

    @staticmethod
    def date(path: Path, *, days: int) -> None:
        """Let a file be so many days old."""
        then = time.time() - days * 86_400
        os.utime(path, (then, then))

    def publish(self, public: Path) -> None:
        """Publish another version of home."""
        home = public / "index.html"
        home.write_bytes(home.read_bytes().replace(b"Operational", b"Broken"))
        self.date(home, days=0)

    def test_on_the_way_back(self, new_context: NewContext, public: Path, address: str) -> None:
        """Home that comes out of the browser's memory offers what was published meanwhile."""
        page = new_context().new_page()
        page.goto(address)
        page.wait_for_load_state("networkidle")  # its own question is answered
        page.goto(f"{address}history/")
        self.publish(public)

        page.go_back()

        expect(page.locator(".banner h1")).to_have_text("All Systems Operational")
        page.get_by_role("status").get_by_role("button").click()
        expect(page.locator(".banner h1")).to_have_text("All Systems Broken")
        expect(page.get_by_role("status").get_by_role("button")).to_be_hidden()

    def test_opened_in_the_background(
        self, new_context: NewContext, public: Path, address: str
    ) -> None:
        """A page that is seen long after it was opened offers what was published meanwhile."""
        context = new_context()
        context.add_init_script(f"({SEEN})(false)")
        page = context.new_page()
        page.goto(address)
        page.wait_for_load_state("networkidle")  # as above
        self.publish(public)

        page.evaluate(f"({SEEN})(true)")

        expect(page.get_by_role("status").get_by_role("button")).to_be_visible()

    def test_what_is_open_is_the_newest(self, new_context: NewContext, address: str) -> None:
        """A copy that is still good is asked about once, with an empty answer, and stays."""
        page = new_context().new_page()
        with page.expect_response(lambda got: got.request.resource_type == "fetch"):
            page.goto(address)
        page.wait_for_load_state("networkidle")

        assert page.locator(".news p").is_hidden()
        assert Handler.answered[-5:].count("GET / 304") == 1


class Handler(SimpleHTTPRequestHandler):
    """Answers quietly, and remembers how."""

    answered: ClassVar[list[str]] = []

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002 - as it is called
        """Take down what was asked, and how it was answered."""
        self.answered.append(f"{self.command} {self.path} {int(code)}")
