"""Components are as badly off as the severity says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.config import Level
from statusgen.findings.finding import Check, Look, Spot
from statusgen.model import ComponentStatus, Visibility
from statusgen.views import timeline

if TYPE_CHECKING:
    from collections.abc import Iterator


def find(look: Look) -> Iterator[Spot]:
    """Find incidents that are graver than what they do to any component."""
    for one in look.incidents():
        expected = look.config.policy.of(one.severity).status
        held = [status for each in timeline.statuses(one) for status in each.values()]
        held += [change.status for change in one.components]
        worst = max(held, key=lambda status: status.rank, default=ComponentStatus.OPERATIONAL)
        if one.visibility != Visibility.PUBLIC or worst.rank >= expected.rank:
            continue
        named = f"the worst that a component has is {worst}" if held else "it names no component"
        yield Spot(
            folder="incidents",
            slug=one.slug,
            key="components" if one.components else "title",
            cause=f"{one.severity} means {expected}, but {named}.",
            cure="Give `components:` what they have, or mend the severity.",
        )


CHECK = Check(
    code="mild-components",
    level=Level.WARNING,
    rule="Components are as badly off as the severity says.",
    about="The severity tells the team how bad it is, the components tell the public. If they "
    "disagree one of them is wrong, and it is often the public that is told too little. What a "
    "severity means is `status` in policy.yml.",
    find=find,
)
