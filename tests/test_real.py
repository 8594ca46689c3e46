"""A real history of three years, in our own format, stands whole in what is built from it.

It is counted in the files by regular expressions, and in the pages by the HTML standard's parser:
neither knows anything of the program.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import html5lib
import pytest

from statusgen.output import Published
from tests.worlds import is_moved, publish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

REAL = Path(__file__).parents[2] / "shared" / "real" / "github" / "content"
AS_OF = "2025-01-15 00:00"

pytestmark = pytest.mark.skipif(
    not REAL.is_dir(), reason="the real history lies only beside the checkout of its keepers"
)

_HEADER = re.compile(r"^\[[A-Z_]+\] ", re.MULTILINE)
_TITLE = re.compile(r"^title: (.+)$", re.MULTILINE)
_COMPONENT = re.compile(r"^ *- id: (\S+)\n +name: (.+)$", re.MULTILINE)
_UPDATED = re.compile(r"^Updated: (.+) UTC$", re.MULTILINE)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The history, built once."""
    root = tmp_path_factory.mktemp("real")
    copytree(REAL, root / "content")
    publish(root, as_of=AS_OF)
    return root


def sources(folder: str) -> dict[str, str]:
    """Read the files of a folder, by their slugs."""
    return {path.stem: path.read_text(encoding="utf-8") for path in (REAL / folder).glob("*.md")}


def page(path: Path) -> Element:
    """Read a page as browsers do."""
    read: Element = html5lib.parse(path.read_bytes(), namespaceHTMLElements=False)
    return read


def updates(read: Element) -> Iterator[Element]:
    """Find the updates of a page: what has an anchor and stands in its timeline."""
    return (each for each in read.iter("li") if each.get("class") == "update")


def said_at(update: Element) -> str | None:
    """Tell the time of an update."""
    when = update.find("p[@class='when']//time")
    return None if when is None else when.get("datetime")


def words(element: Element | None) -> str:
    """Tell an element's text with single blanks."""
    assert element is not None
    return " ".join("".join(element.itertext()).split())


def test_counts() -> None:
    """The history is the one that is meant: 389 incidents, 10 maintenances, 2,165 updates."""
    incidents, maintenances = sources("incidents"), sources("maintenance")

    told = (*incidents.values(), *maintenances.values())
    assert (len(incidents), len(maintenances)) == (389, 10)
    assert sum(len(_HEADER.findall(text)) for text in told) == 2165


@pytest.mark.parametrize("folder", ["incidents", "maintenance"])
def test_every_update(root: Path, folder: str) -> None:
    """Every incident and maintenance has its page, with its title and each update at its time."""
    files = sources(folder)

    places = (root / "public" / folder).glob("*/index.html")
    pages = {path.parent.name: page(path) for path in places if not is_moved(path)}

    assert pages.keys() == files.keys()
    for slug, text in files.items():
        title = _TITLE.search(text)
        assert title
        assert words(pages[slug].find(".//h1")) == title[1].strip('"')
        shown = list(updates(pages[slug]))
        assert len({each.get("id") for each in shown}) == len(_HEADER.findall(text)), slug
        told = [f"{minute.replace(' ', 'T')}:00Z" for minute in _UPDATED.findall(text)]
        assert [said_at(each) for each in shown] == told[::-1], slug


def test_every_component(root: Path) -> None:
    """Every component stands on home by its name, and has its page."""
    listed = _COMPONENT.findall((REAL / "components.yml").read_text(encoding="utf-8"))

    home = page(root / "public" / "index.html")
    shown = [each for each in home.iter("li") if each.get("class") == "component"]

    assert len(listed) == 12
    assert [words(each.find(".//a")) for each in shown] == [name for _, name in listed]
    for slug, name in listed:
        assert words(page(root / "public/components" / slug / "index.html").find(".//h1")) == name


def test_every_entry_of_the_history(root: Path) -> None:
    """The months of the history lead to every incident and every maintenance, each once."""
    pages = (root / "public" / "history").glob("*-*/index.html")

    links = [
        heading.find("a")
        for path in pages
        for entry in page(path).iter("li")
        if (entry.get("class") or "").startswith("entry")
        for heading in entry.iter("h2")
    ]

    found = sorted(str(link.get("href")) for link in links if link is not None)
    told = [f"../../incidents/{slug}/" for slug in sources("incidents")]
    told += [f"../../maintenance/{slug}/" for slug in sources("maintenance")]
    assert found == sorted(told)


def test_the_theme_terminal(root: Path, tmp_path: Path) -> None:
    """In the theme `terminal` the same pages stand, with every update, and home stays small."""
    copytree(REAL, tmp_path / "content")
    settings = tmp_path / "content/site.yml"
    settings.write_text(f"{settings.read_text(encoding='utf-8')}\ntheme: terminal\n", "utf-8")
    publish(tmp_path, as_of=AS_OF)

    default, terminal = (
        {each.relative_to(site / "public") for each in (site / "public").rglob("*.html")}
        for site in (root, tmp_path)
    )
    assert terminal == default
    for folder in ("incidents", "maintenance"):
        for slug in sources(folder):
            path = f"public/{folder}/{slug}/index.html"
            told, plain = (updates(page(site / path)) for site in (root, tmp_path))
            assert [each.get("id") for each in plain] == [each.get("id") for each in told], slug
    assert len(gzip.compress((tmp_path / "public/index.html").read_bytes())) < 30_000


def test_second_build_writes_nothing(root: Path) -> None:
    """A second build finds every file as it should be."""
    count = sum(path.is_file() for path in (root / "public").rglob("*"))
    count += sum(path.is_file() for path in (root / "outbox").rglob("*"))

    published, _ = publish(root, as_of=AS_OF)

    assert published == Published(unchanged=count)
