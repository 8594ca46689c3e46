"""What an incident still asks of the team, by the policy, and whose turn it is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from statusgen.model import Impact, IncidentStatus, Word
from statusgen.views import timeline
from statusgen.views.page import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.config import Escalation, Policy
    from statusgen.model import Incident, Postmortem


_IMPACTS = tuple(Impact)


class Task(Word):
    """What is to be done."""

    ACKNOWLEDGE = "acknowledge"
    TRIAGE = "triage"
    UPDATE = "update"
    POSTMORTEM = "post-mortem"


class Duty(View, frozen=True, kw_only=True):
    """Something that is to be done, and by when."""

    task: Task
    due: datetime

    def is_overdue(self, at: datetime) -> bool:
        """Whether its time has come: pages, too, call overdue what falls due at that instant."""
        return self.due <= at


def duties(one: Incident, policy: Policy, lesson: Postmortem | None) -> tuple[Duty, ...]:
    """Tell what is still to be done about an incident, the next first.

    Whoever says more than a first word has acknowledged it, and whoever has identified the cause
    has triaged it.
    """
    is_open = timeline.is_open(one)
    found = _open_duties(one, policy) if is_open else _late_duties(one, policy, lesson)
    return tuple(sorted(found, key=lambda duty: duty.due))


def _open_duties(one: Incident, policy: Policy) -> Iterator[Duty]:
    asked = policy.of(timeline.severities(one)[-1])
    if one.acknowledged is None and len(one.updates) == 1:
        yield Duty(task=Task.ACKNOWLEDGE, due=one.started + asked.acknowledge)
    is_new = all(update.status == IncidentStatus.INVESTIGATING for update in one.updates)
    if asked.triage and is_new:
        yield Duty(task=Task.TRIAGE, due=one.started + asked.triage)
    if due := timeline.due(one, policy):
        yield Duty(task=Task.UPDATE, due=due)


def _late_duties(one: Incident, policy: Policy, lesson: Postmortem | None) -> Iterator[Duty]:
    over = timeline.resolved_at(one)
    spans = [policy.of(severity).postmortem for severity in timeline.severities(one)]
    within = min((span for span in spans if span), default=None)
    is_learnt = lesson is not None and lesson.published is not None
    if over and within and not is_learnt and not one.retracted:
        yield Duty(task=Task.POSTMORTEM, due=over + within)


def escalation(one: Incident, policy: Policy, at: datetime) -> Escalation | None:
    """Tell whose turn it is: who comes last of those that its length or its impact asks for."""
    lasted = at - one.started
    hurts = _IMPACTS.index(timeline.impact_of(one, policy))
    reached = [
        step
        for step in policy.escalation
        if step.after <= lasted or (step.impact and _IMPACTS.index(step.impact) <= hurts)
    ]
    return max(reached, key=lambda step: step.after, default=None)
