"""What a format's renderer makes of a site, without a build, and texts that are hard to write."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from msgspec.structs import replace

from statusgen.artifact import each
from statusgen.config import Config, ThemeChoice
from statusgen.model import ComponentGroup, Moment
from statusgen.signs import without_controls
from statusgen.theme import Theme
from statusgen.views import derive
from tests.strategies import FIRST, sites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from statusgen.artifact import Artifact
    from statusgen.model import Component, Site
    from statusgen.views import SiteView

CONFIG = Config(title="Example", url="https://status.example.com/", since=FIRST.date())
NASTY = (
    """Quotes " ' ` < > & &amp; ]]> -- {{ 1 + 1 }} \\ ; , : ^ <script>alert(1)</script>""",
    "İşlemler yavaş: ğüşöçıİ 🦊🦊🏳️\u200d🌈",
    "تعطل خدمة \u202bتسجيل الدخول\u202c (API) مؤقتًا",
    "x" * 3000,
    "a\x00b\x07c\x1b[31md\x7fe\x85f\u2028g\ufeffh\ufffei",
    "BEGIN:VEVENT\r\nUID:another\r\nEND:VEVENT",
    "*/ ${x} `y` [a](javascript:b)",
)
"""Texts that break what does not look; some no content can hold, since reading refuses them."""

texts = st.sampled_from(NASTY) | st.text(min_size=1, max_size=80).filter(
    lambda text: without_controls(text).strip()
)


@cache
def theme(language: str = "en") -> Theme:
    """Load the default theme."""
    with tempfile.TemporaryDirectory() as folder:
        return Theme.load(Path(folder), ThemeChoice(language=language))


def view(site: Site, as_of: datetime, config: Config = CONFIG) -> SiteView:
    """Derive a site of facts."""
    return derive(site, config, Moment(as_of=as_of))


def made(
    site: SiteView,
    artifacts: Callable[[SiteView, Theme], Iterator[Artifact]],
    language: str = "en",
) -> dict[str, bytes]:
    """Render all that one renderer makes of a site, by paths."""
    return {one.path: one.data(theme(language)) for one in each(artifacts(site, theme(language)))}


@st.composite
def hard_sites(draw: st.DrawFn) -> Site:
    """Draw a site in which titles, names and texts are hard to write."""
    site = draw(sites())

    def named(leaf: Component) -> Component:
        return replace(leaf, name=draw(texts), description=draw(texts))

    return replace(
        site,
        components=tuple(
            replace(one, name=draw(texts), components=tuple(map(named, one.components)))
            if isinstance(one, ComponentGroup)
            else named(one)
            for one in site.components
        ),
        incidents=tuple(replace(one, title=draw(texts)) for one in site.incidents),
        maintenances=tuple(
            replace(
                one,
                title=draw(texts),
                updates=tuple(replace(each, body=draw(texts)) for each in one.updates),
            )
            for one in site.maintenances
        ),
    )
