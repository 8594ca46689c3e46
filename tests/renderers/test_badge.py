"""Badges say what the page says, in a picture that can be read, heard, and put anywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statusgen.model import ComponentStatus
from statusgen.renderers import badge
from statusgen.views.brief import Badge, StateBadge, UptimeBadge
from statusgen.views.status import Indicator
from tests import examples
from tests.formats import NASTY, hard_sites, made, texts, theme, view
from tests.strategies import times
from tests.worlds import INCIDENT, MINIMAL, Files, publish, tree, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from statusgen.model import Site
    from tests.conftest import NewContext
    from tests.examples import Example

SVG = "{http://www.w3.org/2000/svg}"
LANGUAGES = ("en", "ar", "de", "es", "fr", "ja", "pt-BR", "tr", "zh")

both = pytest.mark.parametrize("build", [examples.own, examples.hard], ids=["own", "hard"])


def drawn(view: Badge, language: str = "en") -> ET.Element:
    """Draw a badge and read it without mercy."""
    return ET.fromstring(badge.svg(view, theme(language)))  # noqa: S314 - we wrote it


def title(data: bytes | ET.Element) -> str:
    """Give what a badge is called."""
    root = ET.fromstring(data) if isinstance(data, bytes) else data  # noqa: S314 - we wrote it
    (found,) = root.findall(f"{SVG}title")
    return found.text or ""


def ending(data: bytes) -> str:
    """Give what a badge says, without whose it is."""
    return title(data).rpartition(": ")[2]


@settings(max_examples=60)
@given(hard_sites(), times)
def test_state(site: Site, as_of: datetime) -> None:
    """A badge of the page says home's own sentence, that of a component its status there."""
    page = view(site, as_of)
    words = theme().words

    files = made(page, badge.artifacts)

    assert title(files["badge.svg"]) == f"Example: {page.home.overall.description}"
    for one in page.components:
        state = "Retired" if one.component.retired else words.words(one.component.status)
        assert ending(files[f"badge/{one.component.id}.svg"]) == state
    assert len(files) == 3 + 3 * len(page.components)


@settings(max_examples=30)
@given(hard_sites(), times)
def test_uptime(site: Site, as_of: datetime) -> None:
    """Uptime of 90 days is what the page says, and that of 30 what its bars add up to."""
    page = view(site, as_of)

    files = made(page, badge.artifacts)

    for one in (each.component for each in page.components):
        if one.uptime is None:
            assert ending(files[f"badge/{one.id}.90d.svg"]) == "No record yet"
            continue
        share = theme().words.percent(one.uptime)
        assert ending(files[f"badge/{one.id}.90d.svg"]) == f"{share} % uptime, 90 days"
        known = [day for day in one.days[-30:] if day.status]
        lost = sum(day.major + one.weight * day.partial for day in known)
        length = sum(day.length for day in known)
        told = ending(files[f"badge/{one.id}.30d.svg"])
        if length:
            percent = float(told.split(" ")[0])
            exact = 100 * (1 - lost / length)
            assert exact - 0.011 < percent <= exact + 1e-6


@both
def test_files(build: Callable[[], Example]) -> None:
    """Every badge of a whole site is well formed and has nothing that a policy could forbid."""
    site = build()
    files = {path: data for path, data in tree(site.public).items() if path.startswith("badge")}
    assert len(files) == 3 + 3 * len(site.view.components)
    for data in files.values():
        root = ET.fromstring(data)  # noqa: S314 - we wrote it
        assert root.get("role") == "img"
        assert root.get("aria-label") == title(root)
        for each in root.iter():
            assert each.tag.removeprefix(SVG) in {"svg", "title", "g", "path", "text"}
            assert not {"id", "style", "class", "href"} & set(each.attrib)
            assert not [name for name in each.attrib if name.startswith("on")]
        assert b"url(" not in data
        assert len(data) < 3000


@given(texts, st.sampled_from([*Indicator, *ComponentStatus, None]), st.sampled_from(LANGUAGES))
def test_names(label: str, state: Indicator | ComponentStatus | None, language: str) -> None:
    """Whatever a component is called, its badge is XML, and its title the whole name."""
    sentence = "Minor Service Outage" if isinstance(state, Indicator) else ""
    found = drawn(StateBadge(path="", label=label, state=state, sentence=sentence), language)
    fit = " ".join(
        re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]+", " ", label).split()
    )
    assert title(found).startswith(f"{fit}: ")
    assert len(title(found)) > len(fit) + 2


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (1.0, "100 %"),
        (0.999999, "99.99 %"),
        (0.99999, "99.99 %"),
        (0.9, "90.00 %"),
        (0.0, "0.00 %"),
    ],
)
def test_rounding(share: float, said: str) -> None:
    """Uptime is never rounded up."""
    found = drawn(UptimeBadge(path="", label="API", days=30, uptime=share))
    assert title(found) == f"API: {said} uptime, 30 days"


def contrast(one: str, other: str) -> float:
    """Tell the contrast of two colours by WCAG."""

    def light(colour: str) -> float:
        text = colour[1:]
        whole = "".join(each * 2 for each in text) if len(text) == 3 else text
        channels = (int(whole[place : place + 2], 16) / 255 for place in (0, 2, 4))
        linear = [
            each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
            for each in channels
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05

    both_ = sorted([light(one), light(other)])
    return both_[1] / both_[0]


@pytest.mark.parametrize("state", badge.LOOKS, ids=str)
def test_contrast(state: Indicator | ComponentStatus | None) -> None:
    """All words can be read (WCAG 2.2 AA), and a state differs by its shape too."""
    look = badge.LOOKS[state]
    assert contrast(look.ground, look.ink) >= 4.5
    assert contrast(badge.NAME_GROUND, "#fff") >= 4.5
    same = [one for one in badge.LOOKS.values() if (one.shape, one.sign) == (look.shape, look.sign)]
    assert {one.ground for one in same} == {look.ground}


@pytest.mark.parametrize("label", ["API", "Story generation", "www", "ğüşöçıİ", "Щит", *NASTY])
def test_words_have_room(new_context: NewContext, label: str) -> None:
    """In a real browser no word leaves its ground, in every language."""
    page = new_context().new_page()
    for language in LANGUAGES:
        for view_ in (
            StateBadge(path="", label=label, state=ComponentStatus.DEGRADED_PERFORMANCE),
            UptimeBadge(path="", label=label, days=90, uptime=0.9995),
        ):
            page.set_content(badge.svg(view_, theme(language)).decode())
            assert page.evaluate(ROOM), (language, label)


ROOM = """() => {
  const grounds = [...document.querySelectorAll("svg > path")].map((each) => each.getBBox());
  return [...document.querySelectorAll("text")].every((text, place) => {
    const [box, ground] = [text.getBBox(), grounds[place]];
    return box.x >= ground.x + 2 && box.x + box.width <= ground.x + ground.width - 2;
  });
}"""
"""Whether each text lies within its ground."""


def test_mirrored() -> None:
    """Where it is read from the right, the name stands on the right."""
    found = drawn(StateBadge(path="", label="API", state=ComponentStatus.OPERATIONAL), "ar")
    name, state = (float(each.get("x", "")) for each in found.iter(f"{SVG}text"))
    assert name > state


def test_one_change(tmp_path: Path) -> None:
    """An incident rewrites the badges of the page and of what it touches, and no other."""
    publish(write(tmp_path, MINIMAL))
    before = tree(tmp_path / "public")
    files: Files = {"content/incidents/api.md": INCIDENT}
    publish(write(tmp_path, files))
    after = tree(tmp_path / "public")
    changed = {path for path in after if path.startswith("badge") and after[path] != before[path]}
    assert changed == {
        *("badge.svg", "badge.30d.svg", "badge.90d.svg"),
        *("badge/api.svg", "badge/api.30d.svg", "badge/api.90d.svg"),
    }
