"""Every page is sound HTML that leads somewhere, at the root of a host and below a path."""

from __future__ import annotations

import email
import json
import re
from collections import Counter
from datetime import datetime
from email import policy
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin
from xml.etree import ElementTree as ET

import html5lib
import pytest

from statusgen.views.home import HomePage
from statusgen.views.status import Indicator
from tests import examples
from tests.views import incident, maintenance
from tests.worlds import MINIMAL, Files, is_moved, publish, tree, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.examples import Example

SVG = "{http://www.w3.org/2000/svg}"

both = pytest.mark.parametrize("build", [examples.own, examples.hard], ids=["own", "hard"])
in_any_theme = pytest.mark.parametrize(
    "build",
    [examples.own, examples.hard, examples.terminal, examples.hard_terminal],
    ids=["own", "hard", "terminal", "hard terminal"],
)


@cache
def pages(build: Callable[[], Example]) -> dict[str, ET.Element]:
    """Read every page with the standard's own parser, which forgives nothing here.

    What others show in a frame is no page of the site.
    """
    public = build().public
    return {
        path.relative_to(public).as_posix(): read(path.read_bytes())
        for path in sorted(public.rglob("*.html"))
        if path.parent.name != "widget" and not is_moved(path)
    }


def read(html: bytes) -> ET.Element:
    """Read a page strictly."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root = parser.parse(html, transport_encoding="utf-8")
    assert isinstance(root, ET.Element)
    return root


def address(site: Example, path: str) -> str:
    """Tell where a file is published."""
    return site.url + path.removesuffix("index.html")


def words(element: ET.Element) -> str:
    """Give an element's text."""
    return " ".join("".join(element.itertext()).split())


def meta(page: ET.Element, name: str) -> list[str]:
    """Give what a page says of itself under a name."""
    return [each.get("content", "") for each in page.iter("meta") if each.get("name") == name]


def attributes(element: ET.Element) -> dict[str, str]:
    """Give what an element says of itself."""
    return element.attrib


def shared(page: ET.Element) -> dict[str, str]:
    """Give what a page says to those who share it (Open Graph)."""
    found = [each for each in page.iter("meta") if each.get("property")]
    assert len({each.get("property") for each in found}) == len(found)
    return {each.get("property", ""): each.get("content", "") for each in found}


def data(page: ET.Element) -> list[dict[str, Any]]:
    """Give what a page says to search engines (JSON-LD)."""
    return [json.loads(each.text or "") for each in page.iter("script") if is_data(each)]


def is_data(script: ET.Element) -> bool:
    """Whether an element is no script but JSON-LD."""
    return script.get("type") == "application/ld+json"


def link(page: ET.Element, rel: str) -> list[dict[str, str]]:
    """Give the links of a kind in a page's head."""
    return [each.attrib for each in page.iter("link") if each.get("rel") == rel]


def levels(page: ET.Element) -> list[int]:
    """Give the levels of a page's headings, in order."""
    return [int(each.tag[1]) for each in page.iter() if re.fullmatch("h[1-6]", str(each.tag))]


@in_any_theme
def test_kinds(build: Callable[[], Example]) -> None:
    """Both sites have a page of every kind."""
    found = {path.split("/")[0] for path in pages(build)}
    assert found >= {"index.html", "404.html", "incidents", "maintenance", "components", "history"}
    assert found >= {"about"} or found >= {"help"}


@in_any_theme
def test_outline(build: Callable[[], Example]) -> None:
    """Every page has one h1, and no level of headings is skipped."""
    for path, page in pages(build).items():
        found = levels(page)
        assert found.count(1) == 1, path
        for before, after in zip([0, *found], found, strict=False):
            assert after <= before + 1, (path, found)


@in_any_theme
def test_ids(build: Callable[[], Example]) -> None:
    """No id is given twice, and what is labelled by another element has one."""
    for path, page in pages(build).items():
        ids = Counter(each.get("id") for each in page.iter() if each.get("id"))
        assert [name for name, count in ids.items() if count > 1] == [], path
        labels = {each.get("aria-labelledby") for each in page.iter()} - {None}
        assert labels <= set(ids), path


@in_any_theme
def test_head(build: Callable[[], Example]) -> None:
    """Every page says what it is, where it is, and where its feed is."""
    site = build()
    for path, page in pages(build).items():
        root = address(site, path)
        assert page.get("lang") == "en", path
        assert all(words(each) for each in page.iter("title")), path
        assert len(list(page.iter("title"))) == 1, path
        assert all(meta(page, "description")), path
        assert len(meta(page, "description")) == 1, path
        assert [each["href"] for each in link(page, "canonical")] == [root]
        feeds = [(each["type"], urljoin(root, each["href"])) for each in link(page, "alternate")]
        own = path.removesuffix("index.html")
        parts = ["", own] if re.fullmatch(r"components/[^/]+/", own) else [""]
        assert feeds == [
            (f"application/{kind}", f"{site.url}{part}updates.{ending}")
            for kind, ending in (("rss+xml", "rss"), ("atom+xml", "atom"), ("feed+json", "json"))
            for part in parts
        ]


@in_any_theme
def test_titles_tell_pages_apart(build: Callable[[], Example]) -> None:
    """No two pages have the same title, unless two things have the same name."""
    titles = Counter(words(next(page.iter("title"))) for page in pages(build).values())
    doubled = {title for title, count in titles.items() if count > 1}
    named = {f"{name} · {build().view.home.frame.site_title}" for name in examples.TITLES.values()}
    assert doubled <= {" ".join(name.split()) for name in named}


@in_any_theme
def test_skip_link(build: Callable[[], Example]) -> None:
    """The first thing to press on a page leads past its head."""
    for path, page in pages(build).items():
        assert next(page.iter("a")).get("href") == "#main", path
        assert [each.tag for each in page.iter() if each.get("id") == "main"] == ["main"], path


@both
def test_content_security(build: Callable[[], Example]) -> None:
    """No page has a script, a style or a handler in it, and each forbids them.

    What is data is no script, though it stands in an element of that name.
    """
    for path, page in pages(build).items():
        for each in page.iter():
            if each.tag == "script" and each.get("type") == "application/ld+json":
                continue
            assert each.tag not in {"style", f"{SVG}script", f"{SVG}style"}, path
            assert each.tag != "script" or (each.get("src") and not words(each)), path
            assert not {name for name in each.attrib if name == "style" or name.startswith("on")}
        policies = [each for each in page.iter("meta") if each.get("http-equiv")]
        assert [each.get("http-equiv") for each in policies] == ["Content-Security-Policy"]
        assert policies[0].get("content") == (
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
            "img-src 'self'; "
            "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'"
        )


@in_any_theme
def test_resources(build: Callable[[], Example]) -> None:
    """All that a page loads is a file of the site."""
    site = build()
    for path, page in pages(build).items():
        sources = [each.get("src", "") for each in page.iter() if "src" in each.attrib]
        sources += [each["srcset"] for each in map(attributes, page.iter("source"))]
        rels = ("stylesheet", "icon", "manifest")
        sources += [each["href"] for rel in rels for each in link(page, rel)]
        for source in sources:
            whole = urljoin(address(site, path), source)
            assert whole.startswith(site.url), (path, source)
            file = site.public / unquote(whole.removeprefix(site.url))
            assert file.is_file(), (path, source)


def links(site: Example, build: Callable[[], Example]) -> Iterator[tuple[str, str]]:
    """Tell every link of the site with the place where it stands: pages, feed, sitemap, mails."""
    for path, page in pages(build).items():
        for each in page.iter("a"):
            if href := each.get("href"):
                yield path, urljoin(address(site, path), href)
    feed = ET.parse(site.public / "updates.rss")  # noqa: S314 - we wrote it
    for each in feed.iter("link"):
        yield "updates.rss", each.text or ""
    for each in feed.iter("description"):
        yield from (("updates.rss", found) for found in hrefs(each.text or ""))
    for file in site.outbox.iterdir():
        mail = email.message_from_bytes(file.read_bytes(), policy=policy.default)
        plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
        assert plain
        assert html
        yield from ((file.name, found) for found in hrefs(html.get_content()))
        yield from (
            (file.name, found) for found in re.findall(r"^https?:\S+$", plain.get_content())
        )


def hrefs(html: str) -> list[str]:
    """Give the addresses that a piece of HTML leads to."""
    fragment = html5lib.parseFragment(html, namespaceHTMLElements=False)
    assert isinstance(fragment, ET.Element)
    return [each.get("href", "") for each in fragment.iter("a") if each.get("href")]


@in_any_theme
def test_links(build: Callable[[], Example]) -> None:
    """Every link into the site leads to a file that is there, and to an anchor that is in it."""
    site = build()
    anchors = {
        address(site, path): {each.get("id") for each in page.iter()} | {""}
        for path, page in pages(build).items()
    }
    files = {site.url + path for path in tree(site.public)}
    inside = 0
    for where, target in set(links(site, build)):
        whole, anchor = urldefrag(target)
        assert re.match("[a-z]+:", whole), (where, target)
        if whole.startswith(site.url):
            inside += 1
            assert whole in anchors or unquote(whole) in files, (where, target)
            assert anchor in anchors.get(whole, {""}), (where, target)
    assert inside > 100


@in_any_theme
def test_sharing(build: Callable[[], Example]) -> None:
    """Every page tells whoever shares it its name, its address, and a picture of the site."""
    site = build()
    for path, page in pages(build).items():
        told = shared(page)
        assert told.pop("og:title") == next(page.iter("title")).text, path
        assert [told.pop("og:description")] == meta(page, "description"), path
        picture = told.pop("og:image")
        file = site.public / picture.removeprefix(site.url)
        assert file.read_bytes().startswith(b"\x89PNG"), path
        assert picture.startswith(site.url), path
        assert told == {
            "og:type": "website",
            "og:site_name": site.view.home.frame.site_title,
            "og:url": address(site, path),
        }
        assert meta(page, "twitter:card") == ["summary_large_image"], path


@in_any_theme
def test_only_home_shows_the_state(build: Callable[[], Example]) -> None:
    """Home's icon and picture tell the state; those of other pages do not change with it."""
    site = build()
    state = f"-{site.view.home.overall.indicator}"
    for path, page in pages(build).items():
        (icon,) = (each["href"].rpartition("/")[2] for each in link(page, "icon"))
        picture = shared(page)["og:image"].rpartition("/")[2]
        shown = state if path == "index.html" else ""
        assert (icon.split(".")[0], picture.split(".")[0]) == (f"icon{shown}", f"picture{shown}")


@pytest.mark.parametrize("state", ["", *(f"-{one}" for one in Indicator)])
def test_pictures_of_states(state: str) -> None:
    """Each state has a small picture of the size that is shared, and a small icon."""
    static = examples.own().public / "static"
    (picture,) = static.glob(f"picture{state}.*.png")
    (icon,) = static.glob(f"icon{state}.*.svg")
    data = picture.read_bytes()
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == (1200, 630)
    assert len(data) < 12_000
    assert icon.stat().st_size < 400


@both
def test_data_for_search_engines(build: Callable[[], Example]) -> None:
    """Home says what the site is; an incident and a maintenance, what was written and when."""
    site = build()
    for path, page in pages(build).items():
        found = data(page)
        if path == "index.html":
            (told,) = found
            assert (told["@type"], told["url"]) == ("WebSite", site.url)
            assert told["publisher"]["name"] == told["name"] == site.view.home.frame.site_title
        elif path.startswith(("incidents/", "maintenance/")):
            (told,) = found
            assert (told["@type"], told["url"]) == ("Article", address(site, path))
            assert " ".join(told["headline"].split()) == words(next(page.iter("h1")))
            said = [each.get("datetime", "") for each in page.iter("time")]
            assert {told["datePublished"], told["dateModified"]} <= set(said), path
            assert datetime.fromisoformat(told["datePublished"]) <= datetime.fromisoformat(
                told["dateModified"]
            )
        else:
            assert found == [], path


def test_date_modified() -> None:
    """A post-mortem that is published later changes the page of its incident."""
    (told,) = data(pages(examples.hard)["incidents/nasty/index.html"])
    assert told["dateModified"] == "2026-01-03T13:00:00+03:00"


@in_any_theme
def test_manifest(build: Callable[[], Example]) -> None:
    """A device that keeps the site begins at home, wherever the site lies."""
    site = build()
    for path, page in pages(build).items():
        (manifest,) = link(page, "manifest")
        place = urljoin(address(site, path), manifest["href"])
        assert place == f"{site.url}site.webmanifest"
    told = json.loads((site.public / "site.webmanifest").read_text(encoding="utf-8"))
    assert told["name"] == site.view.home.frame.site_title
    assert urljoin(place, told["start_url"]) == urljoin(place, told["scope"]) == site.url
    for icon in told["icons"]:
        assert (site.public / urljoin(place, icon["src"]).removeprefix(site.url)).is_file()


@pytest.mark.parametrize("build", [examples.terminal, examples.hard_terminal])
def test_plain_text(build: Callable[[], Example]) -> None:
    """The theme `terminal` has no script, forbids any, and no picture but those of texts.

    Nor does anything stand there that waits for a script.
    """
    for path, page in pages(build).items():
        (policy,) = (each for each in page.iter("meta") if each.get("http-equiv"))
        assert str(policy.get("content")).startswith(
            "default-src 'none'; style-src 'self'; img-src"
        )
        assert "script-src" not in str(policy.get("content"))
        idle = ("script", "template", "select", "button", f"{SVG}svg")
        assert [each.tag for each in page.iter() if each.tag in idle] == [], path
        shown = {each for each in page.iter() if each.tag in ("img", "picture")}
        texts = [each for each in page.iter("div") if each.get("class") == "text"]
        assert shown == {each for text in texts for each in text.iter("img")}, path


def test_logo() -> None:
    """The logo stands for the title, in light and in dark, and says it to who does not see it."""
    for path, page in pages(examples.hard).items():
        (brand,) = (each for each in page.iter("a") if each.get("class") == "brand")
        assert [each.tag for each in brand.iter()] == ["a", "picture", "source", "img"], path
        _, _, dark, light = brand.iter()
        assert str(dark.get("srcset")).endswith("files/wide.svg")
        assert dark.get("media") == "(prefers-color-scheme: dark)"
        assert str(light.get("src")).endswith("files/our%20logo.svg")
        assert light.get("alt") == site_title()


def test_footer_links() -> None:
    """The site's own links stand at the foot of every page, and lead to the same places."""
    site = examples.hard()
    for path, page in pages(examples.hard).items():
        (links,) = (each for each in page.iter("ul") if each.get("class") == "links")
        found = [urljoin(address(site, path), each.get("href", "")) for each in links.iter("a")]
        assert found == [
            "https://example.com/terms?a=1&b=2",
            f"{site.url}help/",
            "mailto:help@example.com",
        ]
        assert words(next(links.iter("a"))) == " ".join(examples.NASTY.split())
    home = pages(examples.own)["index.html"]
    assert [each for each in home.iter("ul") if each.get("class") == "links"] == []


@in_any_theme
def test_not_found(build: Callable[[], Example]) -> None:
    """The page for what is not there works at every depth: all that it names starts at the host."""
    page = pages(build)["404.html"]
    given = [each.get(name, "") for each in page.iter() for name in ("href", "src")]
    base = "/" + build().url.split("/", 3)[3]
    assert {
        one for one in given if one and not one.startswith(("#", "https:", "mailto:", base))
    } == set()


@in_any_theme
def test_sitemap(build: Callable[[], Example]) -> None:
    """The sitemap lists every page once, and robots.txt leads to it."""
    site = build()
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    sitemap = ET.parse(site.public / "sitemap.xml")  # noqa: S314 - we wrote it
    listed = [each.text for each in sitemap.iter(f"{name}loc")]
    assert sorted(map(str, listed)) == sorted(
        address(site, path) for path in pages(build) if path != "404.html"
    )
    for each in sitemap.iter(f"{name}lastmod"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", each.text or "")
    robots = (site.public / "robots.txt").read_text(encoding="utf-8")
    assert f"Sitemap: {site.url}sitemap.xml" in robots.splitlines()


@pytest.mark.parametrize("slug", examples.TITLES)
@pytest.mark.parametrize("kind", ["incidents/{}", "maintenance/{}-work"])
def test_titles_are_text(slug: str, kind: str) -> None:
    """A title comes out as it was written, whatever it looks like."""
    page = pages(examples.hard)[f"{kind.format(slug)}/index.html"]
    title = " ".join(examples.TITLES[slug].split())
    assert words(next(page.iter("h1"))) == title
    assert words(next(page.iter("title"))) == f"{title} · {site_title()}"
    assert title in " ".join(meta(page, "description")[0].split())


def test_names_are_text() -> None:
    """So do the names of components, groups, announcements, post-mortems and pages."""
    home = pages(examples.hard)["index.html"]
    headings = [words(each) for level in ("h2", "h3", "h4") for each in home.iter(level)]
    nasty = " ".join(examples.NASTY.split())
    assert headings.count(nasty) == 5  # announcement, group, component, maintenance, a day's entry
    assert nasty in words(next(home.iter("nav")))
    help_page, incident = (
        pages(examples.hard)[path] for path in ("help/index.html", "incidents/nasty/index.html")
    )
    assert words(next(help_page.iter("h1"))) == nasty
    assert nasty in [words(each) for each in incident.iter("h2")]


def site_title() -> str:
    """Give the hard site's title."""
    view = examples.hard().view.home
    assert isinstance(view, HomePage)
    return view.frame.site_title


@in_any_theme
def test_times(build: Callable[[], Example]) -> None:
    """Every time says what it is to machines, with its offset."""
    for path, page in pages(build).items():
        for each in page.iter("time"):
            stamp = each.get("datetime", "")
            assert re.fullmatch(r"\d{4}-\d\d(-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d))?)?", stamp), (
                path
            )


def test_smallest_site(tmp_path: Path) -> None:
    """A site where nothing ever happened has sound pages too."""
    root = write(tmp_path, {**MINIMAL, "content/components.yml": "[]"})
    publish(root)
    for path, data in tree(root / "public").items():
        if path.endswith(".html") and not path.startswith("widget/") and not is_moved(path):
            assert levels(read(data))[0] == 1


def top(root: Path, path: str) -> str:
    """Tell what stands at the top of a page."""
    page = read((root / f"public/{path}index.html").read_bytes())
    (header,) = (each for each in page.iter("header") if each.get("class") == "top")
    return " ".join("".join(header.itertext()).split())


def test_what_is_over(tmp_path: Path) -> None:
    """What is over is told in the past: how much it hurt, and when the work was done."""
    files: Files = {
        "content/incidents/open.md": incident(),
        "content/incidents/over.md": incident("17:05 investigating", "17:30 resolved"),
        "content/incidents/slip.md": incident(retracted="A slip."),
        "content/maintenance/disks.md": maintenance(
            "2026-01-01 09:00 scheduled", "2026-01-03 12:40 completed", "2026-01-04 09:00 update"
        ),
    }
    publish(write(tmp_path, MINIMAL | files), as_of="2026-01-05 12:00")

    assert "Major: an important part does not work." in top(tmp_path, "incidents/open/")
    assert "Major impact. From 2 January 2026, 17:00 UTC to 17:30" in top(
        tmp_path, "incidents/over/"
    )
    assert "impact" not in top(tmp_path, "incidents/slip/").lower()
    assert "does not work" not in top(tmp_path, "incidents/slip/")
    assert top(tmp_path, "maintenance/disks/").endswith("to 13:00. Completed at 12:40.")
