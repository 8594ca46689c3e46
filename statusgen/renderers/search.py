"""What the search of the history asks for: titles and texts, in parts, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from statusgen.artifact import Artifact
from statusgen.markdown import to_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.theme import Theme
    from statusgen.views import TreeView
    from statusgen.views.search import Findable, SearchIndex


def artifacts(view: TreeView, _theme: Theme) -> Iterator[Artifact]:
    """Tell what can be found, a file for each part."""
    for index in view.search.promises:
        yield Artifact(path=index.path, view=index, render=render)


def _marks(one: Findable) -> dict[str, str]:
    """Tell the languages of title and text, where they are not the page's."""
    marks = {"lang": one.said_in} if one.said_in else {}
    return marks | ({"textLang": one.said_in} if one.is_foreign else {})


def render(view: SearchIndex, theme: Theme) -> bytes:
    """Write a part, in words as a reader is shown them."""
    entries = (
        msgspec.json.encode(
            _marks(one)
            | {
                "path": one.path,
                "title": one.title,
                "date": one.day.isoformat(),
                "day": theme.words.day(one.day),
                "status": theme.words.words("retracted" if one.is_retracted else one.status),
                "components": theme.words.titles(one.components),
                "text": "\n".join([*map(to_words, one.bodies), *filter(None, [one.learnt])]),
            }
        )
        for one in view.entries
    )
    # Piece by piece: a month may be large.
    return b'{"entries":[%b]}' % b",".join(entries)
