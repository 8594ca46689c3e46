"""The first word comes within the time that the severity gives to acknowledge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.config import Level
from statusgen.findings.finding import Check, Look, Spot
from statusgen.model import Visibility
from statusgen.parse.times import spell_duration

if TYPE_CHECKING:
    from collections.abc import Iterator


def find(look: Look) -> Iterator[Spot]:
    """Find incidents that the public was told of too late."""
    for one in look.incidents():
        allowed = look.config.policy.of(one.severity).acknowledge
        waited = one.updates[0].at - one.started
        if one.visibility == Visibility.PUBLIC and waited > allowed:
            yield Spot(
                folder="incidents",
                slug=one.slug,
                update=0,
                key="at",
                cause=f"The first word came {spell_duration(waited)} after the start; "
                f"{one.severity} allows {spell_duration(allowed)}.",
                cure="Say at once that you are looking into it; mend `started:` if that is wrong.",
            )


CHECK = Check(
    code="late-first-word",
    level=Level.WARNING,
    rule="The first word comes within the time that the severity gives to acknowledge.",
    about="Readers who see that something is broken look at the page. If it says nothing they ask "
    "support, or stop trusting it. The time that a severity gives is `acknowledge` in policy.yml.",
    find=find,
)
