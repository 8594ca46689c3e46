"""An update that was promised for a time is there by then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.config import Level
from statusgen.findings.finding import Check, Look, Spot
from statusgen.parse.times import spell_duration
from statusgen.views import timeline

if TYPE_CHECKING:
    from collections.abc import Iterator


def find(look: Look) -> Iterator[Spot]:
    """Find open incidents whose next update is overdue."""
    for one in look.incidents():
        promised = one.updates[-1].next_update
        if promised and timeline.is_open(one) and promised <= look.as_of:
            yield Spot(
                folder="incidents",
                slug=one.slug,
                update=len(one.updates) - 1,
                key="next_update",
                cause=f"The next update is {spell_duration(look.as_of - promised)} overdue.",
                cure="Say how it stands, even if nothing is new.",
            )


CHECK = Check(
    code="overdue-update",
    level=Level.WARNING,
    rule="An update that was promised for a time is there by then.",
    about="`Next update:` is a promise to everybody who waits. A promise that is not kept costs "
    "more trust than none.",
    find=find,
)
