"""What a post-mortem wants done is done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from statusgen.config import Level
from statusgen.expression import expression
from statusgen.findings.finding import Check, Look, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPEN = expression(r"^ *(?:[-*+]|\d+[.)]) +\[ \] +(?P<what>.*?)[ \t]*$", re.MULTILINE)


def find(look: Look) -> Iterator[Spot]:
    """Find action items that nobody has ticked off."""
    shown = {one.slug for one in look.incidents()}
    for lesson in look.site.postmortems:
        if lesson.incident not in shown:
            continue
        for item in _OPEN.finditer(lesson.body):
            yield Spot(
                folder="postmortems",
                slug=lesson.incident,
                word=item[0].strip(),
                cause=f"{item['what']!r} is not done yet.",
                cure="Write `[x]` once it is.",
            )


CHECK = Check(
    code="open-action",
    level=Level.NOTE,
    rule="What a post-mortem wants done is done.",
    about="A post-mortem is worth what comes of it. An item of a list that begins with `[ ]` is "
    "something to be done; `[x]` is done.",
    find=find,
)
