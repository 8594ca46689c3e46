"""Every page is sound HTML that leads somewhere, at the root of a host and below a path."""

from __future__ import annotations

import email
import re
from collections import Counter
from email import policy
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urljoin
from xml.etree import ElementTree as ET

import html5lib
import pytest

from statusgen.views.home import HomePage
from tests import examples
from tests.worlds import MINIMAL, publish, tree, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.examples import Example

SVG = "{http://www.w3.org/2000/svg}"

both = pytest.mark.parametrize("build", [examples.own, examples.hard], ids=["own", "hard"])


@cache
def pages(build: Callable[[], Example]) -> dict[str, ET.Element]:
    """Read every page with the standard's own parser, which forgives nothing here."""
    public = build().public
    return {
        path.relative_to(public).as_posix(): read(path.read_bytes())
        for path in sorted(public.rglob("*.html"))
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


def link(page: ET.Element, rel: str) -> list[dict[str, str]]:
    """Give the links of a kind in a page's head."""
    return [each.attrib for each in page.iter("link") if each.get("rel") == rel]


def levels(page: ET.Element) -> list[int]:
    """Give the levels of a page's headings, in order."""
    return [int(each.tag[1]) for each in page.iter() if re.fullmatch("h[1-6]", str(each.tag))]


@both
def test_kinds(build: Callable[[], Example]) -> None:
    """Both sites have a page of every kind."""
    found = {path.split("/")[0] for path in pages(build)}
    assert found >= {"index.html", "404.html", "incidents", "maintenance", "components", "history"}
    assert found >= {"about"} or found >= {"help"}


@both
def test_outline(build: Callable[[], Example]) -> None:
    """Every page has one h1, and no level of headings is skipped."""
    for path, page in pages(build).items():
        found = levels(page)
        assert found.count(1) == 1, path
        for before, after in zip([0, *found], found, strict=False):
            assert after <= before + 1, (path, found)


@both
def test_ids(build: Callable[[], Example]) -> None:
    """No id is given twice, and what is labelled by another element has one."""
    for path, page in pages(build).items():
        ids = Counter(each.get("id") for each in page.iter() if each.get("id"))
        assert [name for name, count in ids.items() if count > 1] == [], path
        labels = {each.get("aria-labelledby") for each in page.iter()} - {None}
        assert labels <= set(ids), path


@both
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
        assert feeds == [("application/rss+xml", f"{site.url}updates.rss")]


@both
def test_titles_tell_pages_apart(build: Callable[[], Example]) -> None:
    """No two pages have the same title, unless two things have the same name."""
    titles = Counter(words(next(page.iter("title"))) for page in pages(build).values())
    doubled = {title for title, count in titles.items() if count > 1}
    named = {f"{name} · {build().view.home.frame.site_title}" for name in examples.TITLES.values()}
    assert doubled <= {" ".join(name.split()) for name in named}


@both
def test_skip_link(build: Callable[[], Example]) -> None:
    """The first thing to press on a page leads past its head."""
    for path, page in pages(build).items():
        assert next(page.iter("a")).get("href") == "#main", path
        assert [each.tag for each in page.iter() if each.get("id") == "main"] == ["main"], path


@both
def test_content_security(build: Callable[[], Example]) -> None:
    """No page has a script, a style or a handler inside of it, and each forbids them."""
    for path, page in pages(build).items():
        for each in page.iter():
            assert each.tag not in {"style", f"{SVG}script", f"{SVG}style"}, path
            assert each.tag != "script" or (each.get("src") and not each.text), path
            assert not {name for name in each.attrib if name == "style" or name.startswith("on")}
        policies = [each for each in page.iter("meta") if each.get("http-equiv")]
        assert [each.get("http-equiv") for each in policies] == ["Content-Security-Policy"]
        assert str(policies[0].get("content")).startswith("default-src 'none'; script-src 'self';")


@both
def test_resources(build: Callable[[], Example]) -> None:
    """All that a page loads is a file of the site."""
    site = build()
    for path, page in pages(build).items():
        sources = [each.get("src", "") for each in page.iter() if "src" in each.attrib]
        sources += [each["href"] for rel in ("stylesheet", "icon") for each in link(page, rel)]
        for source in sources:
            whole = urljoin(address(site, path), source)
            assert whole.startswith(site.url), (path, source)
            assert (site.public / whole.removeprefix(site.url)).is_file(), (path, source)


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


@both
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


@both
def test_not_found(build: Callable[[], Example]) -> None:
    """The page for what is not there works at every depth: all that it names starts at the host."""
    page = pages(build)["404.html"]
    given = [each.get(name, "") for each in page.iter() for name in ("href", "src")]
    base = "/" + build().url.split("/", 3)[3]
    assert {
        one for one in given if one and not one.startswith(("#", "https:", "mailto:", base))
    } == set()


@both
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


@both
def test_times(build: Callable[[], Example]) -> None:
    """Every time says what it is to machines, with its offset."""
    for path, page in pages(build).items():
        for each in page.iter("time"):
            stamp = each.get("datetime", "")
            assert re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d))?", stamp), path


def test_smallest_site(tmp_path: Path) -> None:
    """A site where nothing ever happened has sound pages too."""
    root = write(tmp_path, {**MINIMAL, "content/components.yml": "[]"})
    publish(root)
    for path, data in tree(root / "public").items():
        if path.endswith(".html"):
            assert levels(read(data))[0] == 1
