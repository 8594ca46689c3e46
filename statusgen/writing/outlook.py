"""What comes of a word once it is published: what readers see, who is told, what is due next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from statusgen.model import ComponentStatus, Incident, Maintenance, Notify
from statusgen.views import timeline
from statusgen.views.audience import PUBLIC, public
from statusgen.views.duties import Duty, duties
from statusgen.views.present import Present
from statusgen.views.summary import EMPTY

if TYPE_CHECKING:
    from datetime import datetime

    from statusgen.config import Policy, SeverityPolicy
    from statusgen.model import Site
    from statusgen.writing.desk import Desk, Fact


class Outlook(Struct, frozen=True, kw_only=True):
    """What comes of a word.

    `hidden` tells why nobody outside sees it, else it is empty; `overall` is the page's sentence
    and `components` what it says of each that is named. `told` are those who get a message.
    """

    hidden: str
    overall: str
    components: tuple[tuple[str, ComponentStatus], ...]
    told: tuple[str, ...]
    duties: tuple[Duty, ...]


def outlook(desk: Desk, one: Fact) -> Outlook:
    """Tell what comes of an incident or a maintenance as it is now."""
    present = _present(desk, one)
    named = timeline.named(one) if isinstance(one, Incident) else one.components
    leaves = [leaf for leaf in present.living if leaf.id in named]
    lessons = {lesson.incident: lesson for lesson in desk.site.postmortems}
    policy = desk.config.policy
    hidden = _hidden(one, policy)
    names = tuple(leaf.name for leaf in leaves)
    return Outlook(
        hidden=hidden,
        overall=present.overall.description,
        components=tuple((leaf.name, present.status(leaf)) for leaf in leaves),
        told=() if hidden else _told(one, desk, names),
        duties=duties(one, policy, lessons.get(one.slug)) if isinstance(one, Incident) else (),
    )


def _present(desk: Desk, one: Fact) -> Present:
    moment = desk.moment
    as_of = max(moment.as_of, one.updates[-1].at) if isinstance(one, Incident) else moment.as_of
    shown, _ = public(_with(desk.site, one), as_of)
    return Present(timeline.cut(shown, max(moment.until, as_of)), desk.config, as_of, EMPTY)


def _with(site: Site, one: Fact) -> Site:
    if isinstance(one, Incident):
        others = tuple(each for each in site.incidents if each.slug != one.slug)
        return replace(site, incidents=(*others, one))
    works = tuple(each for each in site.maintenances if each.slug != one.slug)
    return replace(site, maintenances=(*works, one))


def _hidden(one: Fact, policy: Policy) -> str:
    if PUBLIC.sees(one):
        return ""
    if one.draft:
        return "it is a draft"
    if isinstance(one, Incident) and policy.of(one.severity).visibility == one.visibility:
        return f"{one.severity} is internal"
    return "it is internal"


def _told(one: Fact, desk: Desk, names: tuple[str, ...]) -> tuple[str, ...]:
    """Tell who gets a message of the newest update, as far as the policy says it."""
    if one.updates[-1].notify == Notify.NO:
        return ()
    whose = f"subscribers of {', '.join(names)}" if names else "all subscribers"
    if isinstance(one, Maintenance):
        return (f"{whose}, by mail",)
    asked = [desk.config.policy.of(severity) for severity in timeline.severities(one)]
    mailed = (f"{whose}, by mail",) if any(each.mail for each in asked) else ()
    return (*mailed, *(f"the channel {name}" for name in _channels(asked)))


def _channels(asked: list[SeverityPolicy]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each in asked for name in each.channels))


def said_of(one: Fact, at: datetime) -> str:
    """Tell how far something has come."""
    return str(timeline.phase(one, at) if isinstance(one, Maintenance) else one.updates[-1].status)
