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
AS_OF = datetime(2026, 1, 1, 12, tzinfo=UTC)
YEARS = 3
GROUPS = ("Platform", "Stories", "Business")
COMPONENTS = (
    "api", "web-app", "mobile-apps", "authentication",
    "story-generation", "voice-cloning", "illustrations", "audio-library",
    "payments", "analytics", "email-delivery", "website",
)  # fmt: skip
STATUSES = ("investigating", "identified", "monitoring", "resolved")

_SENTENCES = (
    "We are investigating reports of slow answers.",
    "Some requests fail with an error, and trying again mostly helps.",
    "The cause is found: a release that began at noon exhausts the database's connections.",
    "We are rolling it back now and expect to be done within half an hour.",
    "A fix is in place, and we are watching the error rate.",
    "The error rate is back to normal; we keep watching for a while.",
    "New sign-ups are not affected.",
    "Customers in Europe may still see delays of up to 5 minutes.",
    "This incident has been resolved, and we are sorry for the trouble.",
    "All queued work has been done.",
)

_SELDOM = 0.01
"""How many of the texts that people write hold anything that Markdown means."""


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

    `kind` is `markup`, where every text has a bold word and a link in three lines, or `real`,
    where texts are sentences as people write them, and one in a hundred has a link.
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
            updates.append(BenchUpdate(status=status, at=at, body=_body(chance, kind, component)))
            minutes += chance.randint(5, 40)
        yield BenchIncident(
            slug=f"{started:%Y-%m-%d}-{component}-{index}",
            title=f"{component.replace('-', ' ').capitalize()} is slow for some customers",
            started=started,
            components=tuple(dict.fromkeys((component, *others))),
            updates=tuple(updates),
        )


def _body(chance: random.Random, kind: str, component: str) -> str:
    number = chance.randint(1, 9_999)
    if kind == "real":
        counted = f"About {number} requests were affected."
        if chance.random() < _SELDOM:
            counted = f"Details are in [our notes](https://example.com/notes/{number})."
        return " ".join((*chance.sample(_SENTENCES, chance.randint(1, 2)), counted))
    return (
        f"We see **{number}** requests to {component} failing since the last release.\n"
        f"Details are in [our notes](https://example.com/notes/{number}), which we keep current.\n"
        "The team works on it, and the next word follows within half an hour."
    )


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
            "components": incident.components,
            "months": [f"{incident.started:%Y-%m}"],
            "resolved": incident.updates[-1].status == "resolved",
        }
        blocks = (
            f"### {update.status.capitalize()} {{#update-{update.at:%Y%m%dT%H%MZ}}}\n\n"
            f'<p class="when"><a href="#update-{update.at:%Y%m%dT%H%MZ}">'
            f'<time datetime="{update.at:%Y-%m-%dT%H:%M:%SZ}">{update.at:%d %B %Y, %H:%M} UTC'
            f"</time></a></p>\n\n{update.body}\n"
            for update in reversed(incident.updates)
        )
        text = json.dumps(head) + "\n\n" + "\n".join(blocks)
        (folder / f"{incident.slug}.md").write_text(text, encoding="utf-8")
