"""Every state of a page as a browser lays it out, and the command that builds them.

tests/sites/gallery/ holds a small site per state, all written for the moment below.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from datetime import timedelta
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING, Any, Literal

import pytest
from click.testing import CliRunner, Result
from msgspec import Struct

from statusgen.cli import cli
from statusgen.content import read_documents
from statusgen.gallery import build_gallery
from statusgen.model import ComponentStatus, Moment
from statusgen.parse import parse_site
from statusgen.theme import SHIPPED
from statusgen.theme.templates import Templates
from statusgen.views import SiteView, derive
from statusgen.views.component import GroupView
from tests.conftest import missing
from tests.folders import new_folder
from tests.tools.install import MODULES
from tests.worlds import INCIDENT, MINIMAL, Files, at, is_moved, tree, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

SITES = Path(__file__).parent / "sites" / "gallery"
STATES = {
    "operational": "All Systems Operational",
    "degraded": "Partially Degraded Service",
    "partial-outage": "Minor Service Outage",
    "major-outage": "Partial System Outage",
    "everything-down": "Major System Outage",
    "several-incidents": "Partial System Outage",
    "maintenance-upcoming": "All Systems Operational",
    "maintenance-running": "Service Under Maintenance",
    "maintenance-over-its-end": "Service Under Maintenance",
    "just-resolved": "All Systems Operational",
    "long-incident": "Partially Degraded Service",
    "many-components": "Minor Service Outage",
    "no-incidents": "All Systems Operational",
    "no-components": "Partially Degraded Service",
    "hard-texts": "Minor Service Outage",
    "overdue": "Minor Service Outage",
}
"""The states, and what the first page of each says as a whole."""
AS_OF = at("2026-03-12 14:00")

SIZES = {375: 812, 1280: 900}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
STRUCTURE = (Path(__file__).parent / "structure.js").read_text(encoding="utf-8")
"""What is wrong with how a page is laid out."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = MODULES / "axe-core" / "axe.min.js"
NU = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"

ACCESSIBLE = {
    "operational": [
        "",
        "incidents/2026-02-19-card-payments/",
        "incidents/2026-03-05-webhooks/",
        "maintenance/2026-03-03-orders-database/",
        "components/checkout/",
        "history/",
        "history/2026-03/",
        "uptime/",
        "about/",
        "404.html",
    ],
    "several-incidents": [""],
    "maintenance-over-its-end": ["", "maintenance/2026-03-12-admin-database/"],
    "hard-texts": ["", "incidents/2026-03-12-labels/", "words/"],
}
"""Every kind of page, and what is hardest of each, for a judge that takes its time."""


class Served(Struct, frozen=True):
    """The gallery, built once, and where it is served."""

    folder: Path
    url: str

    def pages(self, state: str) -> list[str]:
        """Tell the pages of a state: all that incidents have, and one of every other kind."""
        site = self.folder / state
        every = ("*", "incidents/*", "maintenance/*")
        one = ("components/*", "history/*")
        found = [sorted(site.glob(f"{kind}/index.html")) for kind in (*every, *one)]
        told = [*chain(*found[: len(every)]), *(each[-1] for each in found[len(every) :] if each)]
        paths = (path.relative_to(site) for path in told if not is_moved(path))
        return ["", *(f"{path.parent.as_posix()}/" for path in paths)]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Quick(Templates):
    """Templates that must be quick: those that come along never need Jinja's own way."""

    def __init__(self, *words: Any, is_quick: bool = True) -> None:  # noqa: ANN401 - handed on
        assert is_quick
        super().__init__(*words)


@pytest.fixture(scope="module", params=["default", "terminal"])
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The gallery as a theme's author sees it, in each theme that comes along."""
    with new_folder() as folder:
        out = folder / "gallery"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("statusgen.theme.Templates", _Quick)
            made = build_gallery(SITES, folder, out, Moment(as_of=AS_OF), request.param)
        assert made.wrong == []
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(out)))
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield Served(out, f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A browser's page whose clock stands at the gallery's moment."""
    context = browser.new_context()
    page = context.new_page()
    page.clock.set_fixed_time(AS_OF)
    yield page
    context.close()


def faults(page: Page) -> list[str]:
    """Tell what is wrong with a page as it is laid out now, and with all that folds open."""
    found: list[str] = page.evaluate(STRUCTURE)
    if page.evaluate(OPEN):
        found += [f"open: {each}" for each in page.evaluate(STRUCTURE) if each not in found]
        page.evaluate(CLOSE)
    return found


OPEN = """() => {
  const folded = document.querySelectorAll("details:not([open])");
  folded.forEach(each => { each.open = true; each.dataset.opened = ""; });
  return folded.length;
}"""
CLOSE = """() => document.querySelectorAll("[data-opened]").forEach(each => {
  each.open = false; delete each.dataset.opened;
})"""


def resize(page: Page, width: int) -> None:
    """Make the window as wide as a phone or a desk."""
    page.set_viewport_size({"width": width, "height": SIZES[width]})


class TestStates:
    """The sites in tests/sites/gallery/ show what their names say."""

    def test_every_state(self) -> None:
        """Every state stands in the table above, and as a whole says what it should."""
        views = {site.name: seen(site.name).home for site in SITES.iterdir()}
        assert {name: home.overall.description for name, home in views.items()} == STATES

    def test_maintenance(self) -> None:
        """Maintenance is ahead, under way within its window, and over its end."""
        upcoming, running, over = (
            seen(f"maintenance-{name}").home for name in ("upcoming", "running", "over-its-end")
        )
        assert (len(upcoming.upcoming), len(upcoming.under_way)) == (2, 0)
        assert [one.runs_over for one in running.under_way] == [False]
        assert [one.runs_over for one in over.under_way] == [True]

    def test_incidents(self) -> None:
        """Incidents are many, just over, very long, long overdue, or were never seen."""
        assert len(seen("several-incidents").home.incidents) == 3
        resolved = seen("just-resolved").incidents[0].incident.resolved
        assert resolved
        assert AS_OF - resolved < timedelta(hours=1)
        assert len(seen("long-incident").home.incidents[0].updates) == 40
        promised = seen("overdue").home.incidents[0].updates[0].next_update
        assert promised
        assert AS_OF - promised > timedelta(days=3)
        assert len(seen("no-incidents").incidents) == 0

    def test_components(self) -> None:
        """Components are sixty in twelve groups, of which one is in trouble, or there are none."""
        rows = [
            one for one in seen("many-components").home.components if isinstance(one, GroupView)
        ]
        assert (len(rows), sum(len(row.components) for row in rows)) == (12, 60)
        fine = (ComponentStatus.OPERATIONAL, ComponentStatus.UNDER_MAINTENANCE)
        assert [row.name for row in rows if row.status not in fine] == ["Shipping"]
        assert seen("no-components").home.components == ()


@cache
def seen(state: str) -> SiteView:
    """Tell what is true of a state at the gallery's moment."""
    moment = Moment(as_of=AS_OF)
    config, site = parse_site(read_documents(SITES / state), moment)
    return derive(site, config, moment)


class TestFacts:
    """Each theme tells the same facts in the same words, without any script."""

    @pytest.mark.parametrize(
        ("state", "told"),
        [
            ("just-resolved", "Resolved today Customers cannot pay"),
            ("just-resolved", "12 March 2026, 12:32 UTC to 13:42 (1 h 10 min)"),
            ("several-incidents", "Next update by 12 March 2026, 14:05 UTC"),
            ("several-incidents", "All 2 updates"),
            ("overdue", "The next update was due at 9 March 2026, 09:00 UTC"),
            ("maintenance-upcoming", "Planned maintenance"),
            ("maintenance-running", "In progress: 12 March 2026, 13:30 UTC to 15:30."),
            ("maintenance-over-its-end", "It takes longer than planned."),
            ("operational", "No incident since 19 February 2026"),
            ("operational", "99.99 % uptime, 1 day with trouble"),
            ("operational", "37 min of partial outage Payments by card are refused"),
        ],
    )
    def test_home(self, served: Served, state: str, told: str) -> None:
        """Home tells what is new, what was promised, and what each day's trouble came from."""
        assert spoken(told) in words(served, state)

    def test_resolved_once(self, served: Served) -> None:
        """Since when all is well is not said beside what was resolved today."""
        assert spoken("No incident since") not in words(served, "just-resolved")

    @pytest.mark.parametrize("state", ["operational", "hard-texts", "many-components"])
    def test_report(self, served: Served, state: str) -> None:
        """The report has a box that scrolls, a figure per month, and a chart per component."""
        view = seen(state).report.make()
        rows = [row for group in view.groups for row in group.rows]
        html = (served.folder / state / "uptime/index.html").read_text(encoding="utf-8")
        box = '<div class="wide" tabindex="0" role="region" aria-label="Uptime in percent">'
        assert html.count(f"{box}\n<table") == 1
        assert html.count('scope="col"><time') == len(view.months) == 12
        assert html.count("<td>") == len(rows) * 13
        assert [html.count(f'href="../{row.path}"') for row in rows] == [1] * len(rows)
        assert html.count('role="img" aria-label="Downtime of') == len(rows)


def words(served: Served, state: str) -> str:
    """Tell all that stands on a state's home as long as no script has run."""
    html = (served.folder / state / "index.html").read_text(encoding="utf-8")
    html = re.sub(r"(?s)<(head|svg|template)\b.*?</\1>|<span class=.sign.*?</span>", " ", html)
    return spoken(re.sub(r"<[^>]*>", " ", html))


def spoken(text: str) -> str:
    """Leave out all spaces: where they stand hangs on the markup."""
    return "".join(text.split())


@pytest.mark.parametrize("state", STATES)
def test_structure(served: Served, page: Page, state: str) -> None:
    """Nothing overflows, nothing overlaps, no text is cut, and all that is pressed has room.

    So it is on a phone and on a desk, in light and in dark.
    """
    told = []
    for path in served.pages(state):
        page.goto(f"{served.url}{state}/{path}")
        for width in SIZES:
            resize(page, width)
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                told += [(path, width, scheme, fault) for fault in faults(page)]
    assert told == []


@pytest.mark.parametrize("state", ["operational", "several-incidents", "hard-texts"])
def test_print(served: Served, page: Page, state: str) -> None:
    """On paper nothing overflows, overlaps or is cut, however wide the sheet."""
    told = []
    page.emulate_media(media="print", color_scheme="light")
    for path in served.pages(state):
        page.goto(f"{served.url}{state}/{path}")
        for width in SIZES:
            resize(page, width)
            told += [(path, width, fault) for fault in faults(page)]
    page.emulate_media(media="screen")
    assert told == []


def test_reduced_motion(served: Served, page: Page) -> None:
    """For who wants no motion nothing moves, and nothing is wrong with what stands."""
    told = []
    page.emulate_media(reduced_motion="reduce")
    for state in ("several-incidents", "maintenance-running", "many-components"):
        page.goto(f"{served.url}{state}/")
        told += [(state, fault) for fault in (*movements(page), *faults(page))]
    page.emulate_media(reduced_motion="no-preference")
    assert told == []


def movements(page: Page) -> list[str]:
    """Tell what moves on a page, or would if it were scrolled."""
    found: list[str] = page.evaluate(
        """() => [
          ...document.getAnimations().map(each => `${each.effect.target.localName} moves`),
          ...(getComputedStyle(document.documentElement).scrollBehavior === "smooth"
            ? ["the page glides"] : []),
        ]"""
    )
    return found


@pytest.mark.parametrize("state", ["several-incidents", "operational"])
def test_without_styles(served: Served, page: Page, state: str) -> None:
    """Without style sheets the same texts can be read, in the order in which a phone shows them."""
    told = []
    resize(page, 375)
    for path in served.pages(state):
        page.goto(f"{served.url}{state}/{path}")
        told += [(path, fault) for fault in losses(page)]
    assert told == []


def losses(page: Page) -> list[str]:
    """Take the styles off a page, and tell what is lost with them."""
    styled = page.evaluate(TEXTS)
    page.evaluate("[...document.styleSheets].forEach(each => each.disabled = true)")
    plain = page.evaluate(TEXTS)
    found = [f"{words!r} is lost" for words in styled["texts"] if words not in plain["texts"]]
    order = [words for _, words in sorted(styled["headings"], key=lambda one: one[0])]
    if order != [words for _, words in plain["headings"]]:
        found.append("headings change their order")
    if plain["largest"] > page.evaluate("innerWidth"):
        found.append("a picture is wider than the screen")
    return found


TEXTS = """() => {
  const seen = each => each.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (texts.nextNode()) {
    const words = texts.currentNode.data.trim().replace(/\\s+/g, " ");
    if (words && seen(texts.currentNode.parentElement)) found.push(words);
  }
  const headings = [...document.querySelectorAll("h1, h2, h3, h4")].filter(seen)
    .map(each => [each.getBoundingClientRect().top + scrollY, each.textContent.trim()]);
  const sizes = [...document.querySelectorAll("svg")].map(each => each.clientWidth);
  return { texts: found, headings, largest: Math.max(0, ...sizes) };
}"""
"""The texts that are seen, the headings with where they stand, and the widest picture."""


@pytest.mark.parametrize("state", ACCESSIBLE)
def test_accessible(served: Served, page: Page, state: str) -> None:
    """Of no kind of page axe has anything to say, by any rule: light, dark, in forced colours."""
    told: list[tuple[str, str, str]] = []
    for path in ACCESSIBLE[state]:
        page.goto(f"{served.url}{state}/{path}")
        page.evaluate(OPEN)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            told += [(path, scheme, each) for each in violations(page)]
        page.emulate_media(forced_colors="active")
        told += [(path, "forced", each) for each in violations(page)]
        page.emulate_media(forced_colors="none")
    assert told == []


def violations(page: Page) -> list[str]:
    """Ask axe what is wrong with a page, WCAG 2.2 AA and what is held for good besides."""
    if not AXE.is_file():
        missing("axe-core", "npm could not install it")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        """values => axe.run({ runOnly: { type: "tag", values }, resultTypes: ["violations"] })
          .then(found => found.violations.flatMap(each =>
            each.nodes.map(node => `${each.id}: ${node.target} ${node.failureSummary}`)))""",
        RULES,
    )
    return [" ".join(each.split()) for each in found]


PLANTED = {
    "planted.html": "<!doctype html><html lang=en><title>a</title><p id=a><p id=a>",
    "planted.css": "p { colour: red }",
    "planted.svg": '<svg xmlns="http://www.w3.org/2000/svg"><rectangle/></svg>',
}
"""What no standard knows, in each of the three languages."""


@pytest.fixture(scope="module")
def complaints(served: Served, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the Nu checker has against the gallery's HTML, CSS and SVG, and what was planted."""
    java = shutil.which("java")
    if not NU.is_file() or not java:
        missing("vnu-jar", "there is no Java, or npm could not install it")
    planted = write(tmp_path_factory.mktemp("planted"), dict(PLANTED))
    found = [path for path in served.folder.rglob("*") if path.suffix in (".html", ".css", ".svg")]
    once = {path.read_bytes(): path for path in (*sorted(found), *planted.iterdir())}
    done = subprocess.run(
        [
            *(java, "-Xss4m", "-XX:TieredStopAtLevel=1"),  # a short run is not worth compiling for
            *("-jar", NU, "--format", "json", "--also-check-css", "--also-check-svg"),
            *once.values(),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        f"{one['url']}:{one.get('lastLine', 1)}": one["message"]
        for one in json.loads(done.stderr)["messages"]
        # A file has no host, so that none of its own is allowed to it.
        if (one["type"] != "info" or one.get("subType") == "warning")
        and "Content Security Policy" not in one["message"]
    }


def test_valid(complaints: dict[str, str]) -> None:
    """All HTML, CSS and SVG is as its standard says."""
    assert {where: what for where, what in complaints.items() if "/planted" not in where} == {}


def test_index(served: Served, page: Page) -> None:
    """The page that leads to every state is as good as what it leads to."""
    page.goto(served.url)
    assert page.get_by_role("listitem").count() == len(STATES)
    told = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        told += violations(page)
        for width in SIZES:
            resize(page, width)
            told += faults(page)
    assert told == []
    page.get_by_role("link", name="Maintenance over its end").click()
    assert page.url == f"{served.url}maintenance-over-its-end/index.html"


class TestCommand:
    """`statusgen gallery`."""

    BROKEN = INCIDENT.replace("INVESTIGATING", "INVESTIGATNG")

    @pytest.fixture
    def here(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
        """A theme author's folder: two sites in it, one quiet and one with an open incident."""
        with new_folder() as folder:
            slow = {f"sites/slow/{path}": text for path, text in SLOW.items()}
            quiet = {f"sites/all-quiet/{path}": text for path, text in MINIMAL.items()}
            monkeypatch.chdir(write(folder, {**slow, **quiet}))
            yield folder

    def test_builds_every_site(self, here: Path) -> None:
        """Each site has a folder of its name, and index.html tells what each is about."""
        result = call()
        assert (result.exit_code, result.stderr) == (0, "")
        sites = [path for path in tree(here / "gallery") if "/" in path]
        count = sum(".statusgen/" not in path for path in sites)
        assert result.stdout == (
            f"Built gallery/index.html: 2 sites; {count} written; 0 unchanged; 0 removed.\n"
        )
        index = (here / "gallery/index.html").read_text(encoding="utf-8")
        assert re.findall(r'href="(.*/index.html)">(.*)</a>\n<p class="quiet">(.*)</p>', index) == [
            ("all-quiet/index.html", "All quiet", "Example: All Systems Operational"),
            ("slow/index.html", "Slow", "Example: Minor Service Outage"),
        ]
        assert len(tree(here / "gallery/outbox/slow")) == 1

    def test_builds_the_same_files_as_a_build(self, here: Path) -> None:
        """A page of the gallery is the page that the site would publish, but for its clock."""
        call()
        done = CliRunner().invoke(cli, ["build", "sites/slow", *MOMENT])
        assert done.exit_code == 0
        clock = b' data-now="2026-01-03T12:00:00Z"'
        made = {
            path: data.replace(clock, b"") for path, data in tree(here / "gallery/slow").items()
        }
        assert made == tree(here / "sites/slow/public")
        assert clock in tree(here / "gallery/slow")["index.html"]

    def test_again(self, here: Path) -> None:
        """What has not changed is not written again."""
        call()
        before = tree(here / "gallery")
        result = call()
        assert re.search(r": 2 sites; 0 written; \d+ unchanged; 0 removed", result.stdout)
        assert tree(here / "gallery") == before

    def test_what_stands_stays(self, here: Path) -> None:
        """A site that cannot be built again keeps its page, and its link."""
        call()
        page = (here / "gallery/slow/index.html").read_bytes()
        write(here, {"overrides/templates/home.html": "{{ nobody }}"})
        result = call()
        assert (result.exit_code, (here / "gallery/slow/index.html").read_bytes()) == (1, page)
        index = (here / "gallery/index.html").read_text(encoding="utf-8")
        assert '<a href="slow/index.html">Slow</a>\n<p class="quiet">As it was:' in index

    def test_build_after_it(self, here: Path) -> None:
        """A build into the same folder wears the site's own theme again."""
        write(here, {"overrides/templates/partials/footer.html": "<p>Changed</p>"})
        call()
        page = here / "gallery/slow/index.html"
        assert "<p>Changed</p>" in page.read_text(encoding="utf-8")
        folders = ["--out", "gallery/slow", "--outbox", "gallery/outbox/slow"]
        CliRunner().invoke(cli, ["build", "sites/slow", *MOMENT, *folders])
        assert "<p>Changed</p>" not in page.read_text(encoding="utf-8")

    def test_wears_what_lies_here(self, here: Path) -> None:
        """Overrides are those of the current folder; what lies beside a site's content is not."""
        footer = "overrides/templates/partials/footer.html"
        write(here, {footer: "<p>Here</p>", f"sites/slow/{footer}": "<p>There</p>"})
        call()
        for name in ("slow", "all-quiet"):
            text = (here / f"gallery/{name}/index.html").read_text(encoding="utf-8")
            assert "<p>Here</p>" in text
            assert "<p>There</p>" not in text

    def test_wears_one_theme(self, here: Path) -> None:
        """The theme that is named takes the place of what each site says."""
        copytree(SHIPPED / "default", here / "themes/mine")
        write(here, {"themes/mine/templates/partials/footer.html": "<p>Mine</p>"})
        call("--theme", "mine")
        text = (here / "gallery/slow/index.html").read_text(encoding="utf-8")
        assert "<p>Mine</p>" in text
        call()
        text = (here / "gallery/slow/index.html").read_text(encoding="utf-8")
        assert "<p>Mine</p>" not in text

    def test_no_such_theme(self, here: Path) -> None:
        """A theme that is not there is told once, and nothing is written."""
        result = call("--theme", "defualt")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == (
            "statusgen: no theme is called 'defualt'; did you mean 'default'?\n"
        )
        assert not (here / "gallery").exists()

    def test_problem(self, here: Path) -> None:
        """What is wrong in one site is told with a path from here, and hides no other."""
        write(here, {"sites/slow/content/incidents/slow.md": self.BROKEN})
        result = call()
        assert result.exit_code == 1
        assert result.stderr.startswith("sites/slow/content/incidents/slow.md:9: updates[0].header")
        assert result.stderr.endswith("\n1 problem; 1 of 2 sites was built.\n")
        assert result.stdout.startswith("Built gallery/index.html: 1 site; ")
        assert (here / "gallery/all-quiet/index.html").is_file()
        index = (here / "gallery/index.html").read_text(encoding="utf-8")
        assert "<strong>Slow</strong>" in index
        assert "slow/index.html" not in index

    def test_last_good_page(self, here: Path) -> None:
        """A site that has become wrong keeps its page."""
        call()
        before = tree(here / "gallery/slow")
        write(here, {"sites/slow/content/incidents/slow.md": self.BROKEN})
        assert call().exit_code == 1
        assert tree(here / "gallery/slow") == before

    def test_broken_theme(self, here: Path) -> None:
        """What is wrong with the theme is told once, not for every site."""
        write(here, {"overrides/templates/home.html": "{{ page.nothing }}"})
        result = call()
        assert result.exit_code == 1
        assert result.stderr == (
            "overrides/templates/home.html:1: HomePage has no 'nothing'\n"
            "1 problem; 0 of 2 sites were built.\n"
        )

    def test_no_sites(self, here: Path) -> None:
        """A folder in which there is no site is no gallery."""
        (here / "empty").mkdir()
        result = call(sites="empty")
        assert result.exit_code == 1
        assert result.stderr == "statusgen: empty: none of its folders holds content/\n"

    def test_name_of_the_mails(self, here: Path) -> None:
        """No site may have the name under which the mails lie."""
        (here / "sites/outbox/content").mkdir(parents=True)
        result = call()
        assert result.exit_code == 1
        assert result.stderr == (
            "statusgen: sites/outbox: the mails of the gallery take that name; choose another\n"
        )

    @pytest.mark.parametrize("out", ["sites", "sites/slow", ".", "..", "themes/x", "overrides"])
    def test_refuses_to_write_over_what_it_reads(self, here: Path, out: str) -> None:
        """The gallery lies apart from sites and themes."""
        result = call("--out", out)
        assert result.exit_code == 2
        assert "--out" in result.stderr
        assert sorted(each.name for each in here.iterdir()) == ["sites"]


SLOW: Files = MINIMAL | {"content/incidents/slow.md": INCIDENT}
MOMENT = ("--as-of", "2026-01-03 12:00 UTC")


def call(*words: str, sites: str = "sites") -> Result:
    """Build a gallery of the current folder's sites."""
    return CliRunner().invoke(cli, ["gallery", sites, *MOMENT, *words], prog_name="statusgen")


WIDE = ".x{width:3000px}"
CLOSE_TOGETHER = ".x{display:block;width:12px;height:12px;overflow:hidden}"


class TestJudges:
    """A fault that is planted is found, so that no judge says "right" to everything."""

    @pytest.mark.parametrize(
        ("plant", "style", "told"),
        [
            ("<p class=x>wide</p>", WIDE, r"the page is \d+ px wide"),
            ("<p class=x>away</p>", ".x{position:relative;left:-60px}", r'p\.x "away" sticks out'),
            (
                "<p class=x>A text that is longer than its box</p>",
                ".x{width:5rem;overflow:hidden;white-space:nowrap;text-overflow:ellipsis}",
                r"p\.x .* is cut",
            ),
            (
                "<p class=x>A text that has more lines than there is room for</p>",
                ".x{width:5rem;height:2rem;overflow-y:clip}",
                r"p\.x .* is cut",
            ),
            (
                "<p class=x>A text that has more lines than there is room for</p>",
                ".x{width:5rem;height:2rem}",
                r"p\.x .* hangs out of its box",
            ),
            (
                "<p class=x>Donaudampfschifffahrtsgesellschaft</p>",
                ".x{width:5rem;overflow-wrap:normal}",
                r"p\.x .* hangs out of its box",
            ),
            (
                "<div class=x><b>Storefronts</b><i>Degraded performance</i></div>",
                ".x{display:flex;width:14rem}i{white-space:nowrap}b{overflow-wrap:anywhere}",
                r'b "Storefronts" is cut in "Storefronts"',
            ),
            (
                "<p class=x>one</p><p class=y>other</p>",
                ".y{margin-top:-1.5rem}",
                r'p\.x "one" and p\.y "other" overlap',
            ),
            (
                "<p class=x>one<svg width=20 height=20></svg></p>",
                ".x svg{margin-left:-20px}",
                r'svg "" and p\.x "one" overlap',
            ),
            (
                "<p>Links: <a class=x href=/a>a</a><a class=y href=/b>b</a></p>",
                ".x,.y{display:block;height:12px;line-height:12px}",
                r'a\.x "a" is \d+ by 12 px, too near to a\.y "b"',
            ),
        ],
    )
    def test_structure(self, page: Page, plant: str, style: str, told: str) -> None:
        """Each kind of fault is told, and without its cause nothing is."""
        show(page, plant)
        assert faults(page) == []
        show(page, plant, style)
        assert [each for each in faults(page) if re.fullmatch(told, each)]

    @pytest.mark.parametrize(
        "plant",
        [
            "<p class=x>Skip to the content</p>",
            "<div class=y><p class=z>wide</p></div>",
            "<p>Words with <a href=/a>one</a>, <a href=/b>two</a> or three links.</p>",
            "<details><summary>More</summary><p>folded</p></details>",
        ],
    )
    def test_no_fault(self, page: Page, plant: str) -> None:
        """What is meant to be so is no fault: hidden words, what scrolls, links in a sentence."""
        style = ".x{position:absolute;left:-999rem}.y{overflow-x:auto}.z{width:3000px}"
        show(page, plant, style)
        assert faults(page) == []

    def test_folded(self, page: Page) -> None:
        """A fault in what is folded is told too."""
        show(page, "<details><summary>More</summary><p class=x>x</p></details>", WIDE)
        assert "open: the page is 3008 px wide" in faults(page)

    def test_motion(self, page: Page) -> None:
        """What moves is told."""
        style = "@keyframes a{to{opacity:.5}}.x{animation:a 9s}html{scroll-behavior:smooth}"
        show(page, "<p class=x>x</p>", style)
        assert movements(page) == ["p moves", "the page glides"]

    @pytest.mark.parametrize(
        ("plant", "style", "told"),
        [
            ("<p hidden class=x>word</p>", ".x{display:block}", "'word' is lost"),
            (
                "<main class=x><h1>one</h1><h2>two</h2></main>",
                ".x{display:flex;flex-direction:column-reverse}",
                "headings change their order",
            ),
            (
                "<svg viewBox='0 0 9 9' width=2000 class=x></svg>",
                ".x{width:20px}",
                "a picture is wider than the screen",
            ),
        ],
    )
    def test_loss(self, page: Page, plant: str, style: str, told: str) -> None:
        """What only styles hold up is told."""
        show(page, plant, style)
        assert losses(page) == [told]

    @pytest.mark.parametrize(
        ("plant", "style", "told"),
        [
            ("<img src=data:,>", "", "image-alt"),
            ("<p class=x>pale</p>", ".x{color:#ccc}", "color-contrast"),
            ("<p lang=xx-nowhere-at-all->word</p>", "", "valid-lang"),
            ("<a href=/a class=x>a</a><a href=/b class=x>b</a>", CLOSE_TOGETHER, "target-size"),
        ],
    )
    def test_accessible(self, page: Page, plant: str, style: str, told: str) -> None:
        """A page that some cannot read is told."""
        show(page, plant, style)
        assert told in {each.split(":")[0] for each in violations(page)}

    def test_valid(self, complaints: dict[str, str]) -> None:
        """What no standard knows is told, in each of the three languages."""
        told = {Path(where.rpartition(":")[0]).name for where in complaints}
        assert told >= set(PLANTED)


def show(page: Page, body: str, style: str = "") -> None:
    """Show a page on a phone that holds this and no more."""
    resize(page, 375)
    page.goto("about:blank")
    page.set_content(
        f'<!doctype html><html lang="en"><title>a</title><style>p{{margin:1rem 0}}{style}</style>'
        f"<main>{body}</main>"
    )
