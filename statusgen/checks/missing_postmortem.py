"""An incident that asks for a post-mortem has one when it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.config import Level
from statusgen.findings.finding import Check, Look, Spot
from statusgen.parse.times import spell_duration
from statusgen.views.duties import Task, duties

if TYPE_CHECKING:
    from collections.abc import Iterator


def find(look: Look) -> Iterator[Spot]:
    """Find incidents of which nobody has written what was learnt."""
    for one in look.incidents():
        if one.slug in look.lessons:
            continue
        for duty in duties(one, look.config.policy, None):
            if duty.task == Task.POSTMORTEM and duty.is_overdue(look.as_of):
                yield Spot(
                    folder="incidents",
                    slug=one.slug,
                    key="title",
                    cause="Its post-mortem was due "
                    f"{spell_duration(look.as_of - duty.due)} ago, and there is none.",
                    cure=f"Begin it with `statusgen postmortem {one.slug}`.",
                )


CHECK = Check(
    code="missing-postmortem",
    level=Level.WARNING,
    rule="An incident that asks for a post-mortem has one when it is due.",
    about="What nobody writes down happens again. Which severities ask for a post-mortem, and how "
    "soon, is `postmortem` in policy.yml.",
    find=find,
)
