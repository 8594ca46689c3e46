"""A maintenance that has begun by word is ended by word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.config import Level
from statusgen.findings.finding import Check, Look, Spot
from statusgen.parse.times import spell_duration
from statusgen.views import timeline

if TYPE_CHECKING:
    from collections.abc import Iterator


def find(look: Look) -> Iterator[Spot]:
    """Find maintenance that runs over its window."""
    for one in look.maintenances():
        _, ends = timeline.window(one)
        if timeline.runs_over(one, look.as_of) and look.as_of > ends:
            yield Spot(
                folder="maintenance",
                slug=one.slug,
                update=len(one.updates) - 1,
                cause=f"Its window ended {spell_duration(look.as_of - ends)} ago, and nobody said "
                "that the work is over.",
                cure="Say `[COMPLETED]`, or move the end with `Ends:`.",
            )


CHECK = Check(
    code="unfinished-maintenance",
    level=Level.WARNING,
    rule="A maintenance that has begun by word is ended by word.",
    about="Once `[IN_PROGRESS]` was said, the clock no longer closes a maintenance: its components "
    "stay under maintenance until somebody says that it is over.",
    find=find,
)
