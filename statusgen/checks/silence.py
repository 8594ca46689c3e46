"""An incident that is open is spoken of now and then, even when nobody promised when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from statusgen.config import Level
from statusgen.findings.finding import Check, Look, Spot
from statusgen.model import Visibility
from statusgen.parse.times import spell_duration
from statusgen.views import timeline

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = timedelta(days=1)
"""How long nobody may say a word where the policy has no `update`."""


def find(look: Look) -> Iterator[Spot]:
    """Find open incidents of which nothing was said for too long."""
    for one in look.incidents():
        last = one.updates[-1]
        if not timeline.is_open(one) or one.visibility != Visibility.PUBLIC or last.next_update:
            continue
        severity = timeline.severities(one)[-1]
        allowed = look.config.policy.of(severity).update or LONGEST
        silent = look.as_of - last.at
        if silent > allowed:
            yield Spot(
                folder="incidents",
                slug=one.slug,
                update=len(one.updates) - 1,
                cause=f"Nothing was said for {spell_duration(silent)}, and the incident is open; "
                f"{severity} allows {spell_duration(allowed)}.",
                cure="Say how it stands, or resolve it.",
            )


CHECK = Check(
    code="silence",
    level=Level.WARNING,
    rule="An incident that is open is spoken of now and then, even when nobody promised when.",
    about="A page on which nothing moves looks forgotten, and an incident that was forgotten keeps "
    "the page from being green. The time is `update` of the severity in policy.yml, a day without.",
    find=find,
)
