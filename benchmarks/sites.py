"""Make sites to measure: the same incidents for statusgen and Hugo, the same bytes each time."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 20260101
KINDS = ("real", "markup")
AS_OF = datetime(2026, 1, 1, 12, tzinfo=UTC)
YEARS = 3
GROUPS = ("Platform", "Stories", "Business")
COMPONENTS = (
    "api", "web-app", "mobile-apps", "authentication",
    "story-generation", "voice-cloning", "illustrations", "audio-library",
    "payments", "analytics", "email-delivery", "website",
)  # fmt: skip
STATUSES = ("investigating", "identified", "monitoring", "resolved")

_FIRST = {
    "investigating": (
        "We are investigating reports of degraded performance for {component} since {clock}.",
        "{component} is experiencing degraded availability in {region} since {clock}.",
        "About {share}% of requests to {component} in {region} fail, and we are looking into it.",
        "A subset of customers in {region} can't use {component}; the first report is of {clock}.",
    ),
    "identified": (
        "We have found the cause: {cause} at {clock} on {day}.",
        "The failures of {component} since {clock} come from {cause}, which we are reverting.",
        "We've identified {cause} as the source of the errors, which touch {share}% of requests.",
        "{component} fails for {share}% of customers in {region} because of {cause}.",
    ),
    "monitoring": (
        "A fix is in place since {clock}, and {component} is recovering in {region}.",
        "The error rate of {component} is down to {share}%, and we are watching it.",
        "We've mitigated the issue, and the backlog of {minutes} minutes is being worked off.",
        "The rollback of {cause} ended at {clock}; we continue to monitor {component}.",
    ),
    "resolved": (
        "{component} is operating normally since {clock} on {day}.",
        "This incident has been resolved after {minutes} minutes.",
        "On {day}, between {clock} and {later}, {component} was degraded due to {cause}.",
        "Between {clock} and {later}, up to {share}% of requests to {component} failed.",
    ),
}
"""How a text begins that is written as people write them, by its status."""

_THEN = (
    "We are still investigating and will provide an update when we have one.",
    "We will continue to keep you updated on progress towards mitigation.",
    "Customers in {region} may still see delays of up to {minutes} minutes.",
    "Trying again helps in about {share}% of cases.",
    "All other regions, and all parts but {component}, are not impacted.",
    "We expect the rollout to take another {minutes} minutes.",
    "On average {share}% of requests failed, and at its peak twice as many.",
    "This was due to {cause}, which our alerts did not tell us of until {later}.",
    "We are adding an alert and a test, so that it is found within {minutes} minutes next time.",
    "Work that was queued since {clock} is being done now, and nothing was lost.",
)
_CAUSES = (
    "a configuration change", "a release of our gateway", "an expired certificate",
    "an exhausted pool of connections", "a partial outage of a provider",
    "a slow query", "a full disk", "a failed network switch",
)  # fmt: skip
_REGIONS = ("Europe", "US East", "US West", "Asia", "Australia", "South America", "all regions")
_SENTENCES = (1,) * 55 + (2,) * 32 + (3,) * 6 + (4, 4, 5, 5, 6, 7, 10)
"""How many sentences texts have, each as often as in a hundred texts of a real page."""

_MARKED = (
    "\n\nSee [how to change the region](https://example.com/help/{minutes}), if you need it now.",
    "\n\n- {region}: {share}% of requests fail\n- elsewhere: none do",
    " Until then requests to `/v1/{component}/` are answered with `503`.",
)
"""What some of these texts have beside sentences."""
_MARKED_SHARE = 0.01


class BenchUpdate(Struct, frozen=True, kw_only=True):
    """One update of an incident that is made up."""

    status: str
    at: datetime
    body: str


class BenchIncident(Struct, frozen=True, kw_only=True):
    """An incident that is made up."""

    slug: str
    title: str
    started: datetime
    components: tuple[str, ...]
    updates: tuple[BenchUpdate, ...]


def incidents(count: int, kind: str) -> Iterator[BenchIncident]:
    """Make incidents with four updates each, spread over the years; the newest is still open.

    `kind` is `real`, where texts are sentences as people write them, and one in a hundred has a
    link, a list or code; or `markup`, where each has a bold word and a link in three lines.
    """
    chance = random.Random(SEED)  # noqa: S311 - a benchmark must repeat itself
    step = timedelta(days=365 * YEARS) / count
    for index in range(count):
        started = (AS_OF - step * (count - index)).replace(second=0, microsecond=0)
        component = chance.choice(COMPONENTS)
        others = tuple(chance.sample(COMPONENTS, chance.randint(0, 2)))
        is_newest = index == count - 1
        statuses = STATUSES[:3] if is_newest else STATUSES
        minutes = 5
        updates = []
        for status in statuses:
            at = started + timedelta(minutes=minutes)
            facts = _facts(chance, component, started, at)
            body = _real(chance, status, facts) if kind == "real" else _markup(facts)
            updates.append(BenchUpdate(status=status, at=at, body=body))
            minutes += chance.randint(5, 40)
        yield BenchIncident(
            slug=f"{started:%Y-%m-%d}-{component}-{index}",
            title=f"{component.replace('-', ' ').capitalize()} is slow for some customers",
            started=started,
            components=tuple(dict.fromkeys((component, *others))),
            updates=tuple(updates),
        )


def _facts(
    chance: random.Random, component: str, started: datetime, at: datetime
) -> dict[str, object]:
    """Make up what a text tells of, so that hardly any two texts are the same."""
    return {
        "component": component,
        "clock": f"{started + timedelta(minutes=chance.randint(-20, 4)):%H:%M} UTC",
        "later": f"{at:%H:%M} UTC",
        "day": f"{started:%B} {started.day}, {started.year}",
        "share": chance.randint(10, 999) / 10,
        "minutes": chance.randint(5, 240),
        "region": chance.choice(_REGIONS),
        "cause": chance.choice(_CAUSES),
    }


def _real(chance: random.Random, status: str, facts: dict[str, object]) -> str:
    first = chance.choice(_FIRST[status])
    count = chance.choice(_SENTENCES)
    text = " ".join((first, *chance.sample(_THEN, count - 1)))
    if chance.random() < _MARKED_SHARE:
        text += chance.choice(_MARKED)
    text = text.format(**facts)
    return text[0].upper() + text[1:]


def _markup(facts: dict[str, object]) -> str:
    return (
        "We see **{share} %** of requests to {component} failing since {clock}.\n"
        "Details are in [our notes](https://example.com/notes/{minutes}), which we keep current.\n"
        "The team works on {cause}, and the next word follows after {later}."
    ).format(**facts)


def write_statusgen(root: Path, count: int, kind: str) -> None:
    """Write the site as statusgen reads it."""
    folder = root / "content" / "incidents"
    folder.mkdir(parents=True)
    settings = (
        f"title: Benchmark\nurl: https://status.example.com/\nsince: {AS_OF.year - YEARS}-01-01\n"
    )
    (root / "content" / "site.yml").write_text(settings, encoding="utf-8")
    size = len(COMPONENTS) // len(GROUPS)
    lines = []
    for index, group in enumerate(GROUPS):
        lines += [f"- group: {group}", "  components:"]
        for component in COMPONENTS[index * size : (index + 1) * size]:
            lines += [f"    - id: {component}", f"      name: {component.capitalize()}"]
    (root / "content" / "components.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for incident in incidents(count, kind):
        (folder / f"{incident.slug}.md").write_text(_markdown(incident), encoding="utf-8")


def _markdown(incident: BenchIncident) -> str:
    listed = "\n".join(f"  {each}: degraded_performance" for each in incident.components)
    head = (
        f"---\ntitle: {incident.title}\nseverity: SEV-2\n"
        f"started: {incident.started:%Y-%m-%d %H:%M} UTC\ncomponents:\n{listed}\n---\n"
    )
    blocks = (
        f"\n[{update.status.upper()}] {update.body}\nUpdated: {update.at:%Y-%m-%d %H:%M} UTC\n"
        for update in incident.updates
    )
    return head + "".join(blocks)


def write_hugo(root: Path, count: int, kind: str) -> None:
    """Write the same incidents as Hugo reads them, with the comparison's theme."""
    theme = Path(__file__).parent / "hugo"
    for path in sorted(theme.rglob("*")):
        if path.is_file():
            place = root / path.relative_to(theme)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    folder = root / "content" / "incidents"
    folder.mkdir(parents=True)
    size = len(COMPONENTS) // len(GROUPS)
    groups = [
        {"name": name, "components": COMPONENTS[index * size : (index + 1) * size]}
        for index, name in enumerate(GROUPS)
    ]
    data = root / "data"
    data.mkdir()
    (data / "groups.json").write_text(json.dumps(groups), encoding="utf-8")
    for incident in incidents(count, kind):
        head = {
            "title": incident.title,
            "date": incident.started.isoformat(),
            "lastmod": incident.updates[-1].at.isoformat(),
            "components": incident.components,
            "months": [f"{incident.started:%Y-%m}"],
            "resolved": incident.updates[-1].status == "resolved",
        }
        blocks = (
            f"### {update.status.capitalize()} {{#update-{update.at:%Y%m%dT%H%MZ}}}\n\n"
            f'<p class="when"><a href="#update-{update.at:%Y%m%dT%H%MZ}">'
            f'<time datetime="{update.at:%Y-%m-%dT%H:%M:%SZ}">{update.at:%d %B %Y, %H:%M} UTC'
            f"</time></a> · {_minutes(incident, update)} min after the start</p>\n\n{update.body}\n"
            for update in reversed(incident.updates)
        )
        text = json.dumps(head) + "\n\n" + "\n".join(blocks)
        (folder / f"{incident.slug}.md").write_text(text, encoding="utf-8")


def _minutes(incident: BenchIncident, update: BenchUpdate) -> int:
    return (update.at - incident.started) // timedelta(minutes=1)
