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
        told, cure = f"It is {late} overdue.", "Add `published:` to it."
        if lesson.published and lesson.published > look.as_of:
            told = f"By `published:` it is still to come, {late} after it is due."
            cure = "Mend that if it is wrong."
        elif lesson.published:
            told, cure = f"It was published {late} late.", "Publish the next one in time."
        yield Spot(folder="postmortems", slug=one.slug, key="published", cause=told, cure=cure)


CHECK = Check(
    code="late-postmortem",
    level=Level.WARNING,
    rule="A post-mortem is published when it is due.",
    about="Customers who were hit wait for the reason, and the team forgets it day by day. How "
    "soon a post-mortem is due is `postmortem` of the severity in policy.yml.",
    find=find,
)
