"""An incident whose end goes out as a mail has a report to tell there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.config import Level
from statusgen.findings.finding import Check, Look, Spot
from statusgen.model import Visibility
from statusgen.views import timeline

if TYPE_CHECKING:
    from collections.abc import Iterator


def find(look: Look) -> Iterator[Spot]:
    """Find incidents that are over, and whose closing mail would say little."""
    policy = look.config.policy
    for one in look.incidents() if "email" in look.config.formats else ():
        is_mailed = any(policy.of(severity).mail for severity in timeline.severities(one))
        is_over = timeline.resolved_at(one) is not None
        if is_mailed and is_over and one.visibility == Visibility.PUBLIC and one.report is None:
            yield Spot(
                folder="incidents",
                slug=one.slug,
                update=len(one.updates) - 1,
                cause="The incident is over, and its closing mail has no report.",
                cure="Add `report:` with what_happened, impact and resolution.",
            )


CHECK = Check(
    code="no-closing-report",
    level=Level.WARNING,
    rule="An incident whose end goes out as a mail has a report to tell there.",
    about="The closing mail tells what happened, what it did to customers and what was done. It "
    "takes all three from `report:` of the incident; `statusgen resolve` asks for them.",
    find=find,
)
