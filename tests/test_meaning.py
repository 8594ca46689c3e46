"""What is true of every site, at every moment, in every zone."""

from datetime import datetime, timedelta
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from statusgen.config import Config
from statusgen.model import (
    ComponentStatus,
    Incident,
    IncidentStatus,
    Maintenance,
    Moment,
    Site,
    Visibility,
)
from statusgen.views import SiteView, derive
from statusgen.views.audience import Withheld
from statusgen.views.component import GroupView
from statusgen.views.home import HomePage
from statusgen.views.status import Indicator, worst
from tests.strategies import sites, times, zones

T = TypeVar("T")

OUTAGES = (ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.MAJOR_OUTAGE)


def seen(site: Site, as_of: datetime, zone: str = "UTC", *, is_clock: bool = False) -> SiteView:
    """Tell what the public sees of a site at a moment."""
    config = Config(title="Example", url="https://status.example.com/", timezone=zone)
    return derive(site, config, Moment(as_of=as_of, is_clock=is_clock))


def public_incidents(site: Site, as_of: datetime) -> dict[str, dict[str, ComponentStatus]]:
    """Tell what each open public incident gives its components, word by word, without any view."""
    found = {}
    for one in site.incidents:
        said = [update for update in one.updates if update.at <= as_of]
        if one.visibility != Visibility.PUBLIC or one.draft or one.retracted or not said:
            continue
        held = {change.component: change.status for change in one.components}
        before: dict[str, ComponentStatus] = {}
        was_resolved = False
        for update in said:
            is_resolved = update.status == IncidentStatus.RESOLVED
            if is_resolved and not was_resolved:
                before, held = held, dict.fromkeys(held, ComponentStatus.OPERATIONAL)
            elif was_resolved and not is_resolved and not update.components:
                held = before
            held |= {change.component: change.status for change in update.components}
            was_resolved = is_resolved
        if not was_resolved:
            found[one.slug] = held
    return found


def statuses(home: HomePage) -> dict[str, ComponentStatus]:
    """Tell the status of each row of home, groups and their members."""
    found = {}
    for row in home.components:
        found[row.id] = row.status
        if isinstance(row, GroupView):
            found |= {member.id: member.status for member in row.components}
    return found


@given(sites(), times, zones)
def test_roll_up(site: Site, as_of: datetime, zone: str) -> None:
    """A roll-up is never better than its worst open member."""
    home = seen(site, as_of, zone).home

    found = statuses(home)
    for row in home.components:
        if isinstance(row, GroupView):
            assert row.status == max(
                (member.status for member in row.components), key=lambda one: one.rank
            )
    if any(status != ComponentStatus.OPERATIONAL for status in found.values()):
        assert home.overall.indicator != Indicator.NONE
    if ComponentStatus.MAJOR_OUTAGE in found.values():
        assert home.overall.indicator in {Indicator.MAJOR, Indicator.CRITICAL}


@given(sites(), times)
def test_component(site: Site, as_of: datetime) -> None:
    """A component has the worst status that an open incident gives it, or is under maintenance."""
    given_now = public_incidents(site, as_of).values()

    for page in seen(site, as_of).components:
        one = page.component
        expected = worst(held[one.id] for held in given_now if one.id in held)
        if expected == ComponentStatus.OPERATIONAL:
            assert one.status in {expected, ComponentStatus.UNDER_MAINTENANCE}
        else:
            assert one.status == expected


@given(sites(), times, zones)
def test_open_incident(site: Site, as_of: datetime, zone: str) -> None:
    """An open public incident never leaves the banner green, and stands on home."""
    home = seen(site, as_of, zone).home

    paths = {f"incidents/{slug}/" for slug in public_incidents(site, as_of)}
    assert {one.path for one in home.incidents} == paths
    if paths:
        assert home.overall.indicator not in {Indicator.NONE, Indicator.MAINTENANCE}


@given(sites(), times, zones)
def test_today(site: Site, as_of: datetime, zone: str) -> None:
    """Today's bar is never better than the status beside it."""
    for page in seen(site, as_of, zone).components:
        today = page.component.days[-1].status
        if page.component.retired is None and today is not None:
            assert today.rank >= page.component.status.rank


@given(sites(), times, zones)
def test_uptime(site: Site, as_of: datetime, zone: str) -> None:
    """Uptime lies between 0 and 1, and is perfect where nobody suffered an outage."""
    for page in seen(site, as_of, zone).components:
        component = page.component
        if component.uptime is not None:
            assert 0 <= component.uptime <= 1
            has_outage = any(day.major or day.partial for day in component.days)
            assert (component.uptime < 1) == has_outage


@given(sites(), times, zones)
def test_what_is_withheld(site: Site, as_of: datetime, zone: str) -> None:
    """What is internal or a draft changes nothing public but the count of what is withheld."""
    told: tuple[Incident | Maintenance, ...] = (*site.incidents, *site.maintenances)
    hidden = {
        one.slug for one in site.incidents if one.draft or one.visibility == Visibility.INTERNAL
    }
    bare = replace(
        site,
        incidents=tuple(one for one in site.incidents if one.slug not in hidden),
        maintenances=tuple(
            one
            for one in site.maintenances
            if not one.draft and one.visibility == Visibility.PUBLIC
        ),
        postmortems=tuple(one for one in site.postmortems if one.incident not in hidden),
        announcements=tuple(one for one in site.announcements if not one.draft),
        pages=tuple(one for one in site.pages if not one.draft),
        runbooks=(),
    )

    with_it, without = seen(site, as_of, zone), seen(bare, as_of, zone)

    assert replace(with_it, withheld=Withheld()) == replace(without, withheld=Withheld())
    is_internal = [not one.draft and one.visibility == Visibility.INTERNAL for one in told]
    assert with_it.withheld.internal == sum(is_internal)


@given(sites(), times, zones)
def test_retracted(site: Site, as_of: datetime, zone: str) -> None:
    """What was reported in error counts for nothing: no status, no uptime, no indicator."""
    bare = replace(
        site,
        incidents=tuple(one for one in site.incidents if not one.retracted),
        maintenances=tuple(one for one in site.maintenances if not one.retracted),
    )

    with_it, without = seen(site, as_of, zone), seen(bare, as_of, zone)

    assert with_it.home.overall == without.home.overall
    assert with_it.home.components == without.home.components
    assert [page.component for page in with_it.components] == [
        page.component for page in without.components
    ]
    assert with_it.mails == without.mails


@given(sites(), times, zones, st.integers(min_value=30, max_value=119))
def test_a_while_later(site: Site, as_of: datetime, zone: str, minutes: int) -> None:
    """While nothing happens and no outage goes on, no view changes (facts lie on even hours)."""
    begin, later = as_of + timedelta(minutes=30), as_of + timedelta(minutes=minutes)
    local = ZoneInfo(zone)
    assume(begin.astimezone(local).date() == later.astimezone(local).date())

    before, after = seen(site, begin, zone), seen(site, later, zone)

    if not any(page.component.status in OUTAGES for page in before.components):
        assert before == after


@given(sites(), times, st.randoms(use_true_random=False))
def test_order_of_facts(site: Site, as_of: datetime, random: Random) -> None:
    """The order in which facts were read does not matter; that of components is the page's."""
    mixed = replace(
        site,
        incidents=_mixed(site.incidents, random),
        maintenances=_mixed(site.maintenances, random),
        postmortems=_mixed(site.postmortems, random),
        announcements=_mixed(site.announcements, random),
        pages=_mixed(site.pages, random),
    )

    assert seen(site, as_of) == seen(mixed, as_of)


def _mixed(facts: tuple[T, ...], random: Random) -> tuple[T, ...]:
    return tuple(random.sample(facts, len(facts)))
