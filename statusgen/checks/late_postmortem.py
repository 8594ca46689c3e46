"""A post-mortem is published when it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.config import Level
from statusgen.findings.finding import Check, Look, Spot
from statusgen.parse.times import spell_duration
from statusgen.views.duties import Task, duties

if TYPE_CHECKING:
    from collections.abc import Iterator


def find(look: Look) -> Iterator[Spot]:
    """Find post-mortems that are not published, or were too late."""
    for one in look.incidents():
        lesson = look.lessons.get(one.slug)
        due = next(
            (
                duty.due
                for duty in duties(one, look.config.policy, None)
                if duty.task == Task.POSTMORTEM
            ),
            None,
        )
        if lesson is None or due is None or (lesson.published or look.as_of) <= due:
            continue
        late = spell_duration((lesson.published or look.as_of) - due)
        told = f"It was published {late} late." if lesson.published else f"It is {late} overdue."
        yield Spot(
            folder="postmortems",
            slug=one.slug,
            key="published",
            cause=told,
            cure="Publish the next one in time." if lesson.published else "Add `published:` to it.",
        )


CHECK = Check(
    code="late-postmortem",
    level=Level.WARNING,
    rule="A post-mortem is published when it is due.",
    about="Customers who were hit wait for the reason, and the team forgets it day by day. How "
    "soon a post-mortem is due is `postmortem` of the severity in policy.yml.",
    find=find,
)
