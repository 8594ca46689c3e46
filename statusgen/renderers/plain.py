"""How the service does, for shells, programs and bots: as text, as JSON, as a guide for models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from statusgen.artifact import Artifact
from statusgen.expression import expression
from statusgen.theme.words import iso

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from statusgen.theme import Theme
    from statusgen.views import SiteView
    from statusgen.views.brief import BriefView, GuideView
    from statusgen.views.turn import OverallTurn, StatusTurn

_CONTROLS = expression(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")
"""What would end a line, or tell a terminal to do something."""
_MARKS = expression(r"([\\`*_\[\]<>])")
"""What means something in Markdown."""


def artifacts(view: SiteView, _theme: Theme) -> Iterator[Artifact]:
    """Tell the files."""
    yield Artifact(path="status.json", view=view.brief, render=json)
    yield Artifact(path="status.txt", view=view.brief, render=text)
    yield Artifact(path="llms.txt", view=view.guide, render=guide)


def json(view: BriefView, theme: Theme) -> bytes:
    """Write the state as JSON; `turns` are what the clock will make of it."""
    words = theme.words

    def overall_turns(turns: Sequence[OverallTurn]) -> list[dict[str, str]]:
        return [
            {
                "at": iso(one.at),
                "indicator": one.overall.indicator,
                "description": words.phrase(one.overall.description),
            }
            for one in turns
        ]

    def status_turns(turns: Sequence[StatusTurn]) -> list[dict[str, str]]:
        return [
            {"at": iso(one.at), "status": one.status, "description": words.words(one.status)}
            for one in turns
        ]

    told: dict[str, Any] = {
        "page": {
            "name": view.title,
            "url": view.url,
            "updated_at": iso(view.updated) if view.updated else None,
            "outdated": view.is_outdated,
            "incomplete": view.is_incomplete,
        },
        "status": {
            "indicator": view.overall.indicator,
            "description": words.phrase(view.overall.description),
            "turns": overall_turns(view.turns),
        },
        "components": [
            {
                "id": one.id,
                "name": one.name,
                "url": one.url,
                "status": one.status,
                "description": words.words(one.status),
                "turns": status_turns(one.turns),
                "uptime_30_days": one.uptime_30,
                "uptime_90_days": one.uptime_90,
            }
            for one in view.components
        ],
        "incidents": [
            {
                "name": one.title,
                "url": one.url,
                "status": one.status,
                "impact": one.impact,
                "started_at": iso(one.started),
            }
            for one in view.incidents
        ],
        "maintenance": [
            {
                "name": one.title,
                "url": one.url,
                "status": one.phase,
                "starts_at": iso(one.starts),
                "ends_at": iso(one.ends),
            }
            for one in view.maintenances
        ],
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"


def text(view: BriefView, theme: Theme) -> bytes:
    """Write the state as lines: the indicator, the sentence, then what each part does.

    What programs look for stands first in its line, spelt as in the public API.
    """
    lines = [view.overall.indicator, theme.words.phrase(view.overall.description), view.url]
    if view.is_incomplete:
        lines.append(theme.words.phrase("Something may be missing here"))
    elif view.is_outdated:
        lines.append(theme.words.phrase("Something here may be out of date"))
    parts: tuple[list[tuple[str, str]], ...] = (
        [(one.status, one.name) for one in view.components],
        [(one.status, f"{_line(one.title)} {one.url}") for one in view.incidents],
        [(one.phase, f"{_line(one.title)} {one.url}") for one in view.maintenances],
    )
    for rows in filter(None, parts):
        lines += ["", *(f"{state:20} {_line(told)}" for state, told in rows)]
    return "".join(f"{line}\n" for line in lines).encode()


def guide(view: GuideView, _theme: Theme) -> bytes:
    """Write where a model finds what it is asked for, in English (llmstxt.org)."""
    about = f"> {_marked(view.description)}\n\n" if view.description else ""
    told = (
        ("plain", "status.json", "how the service and each component does now, as JSON"),
        ("plain", "status.txt", "the same as plain text"),
        ("", "", "what is open, what is planned, and the last days"),
        ("", "history/", "all incidents and maintenance, by month"),
        ("", "uptime/", "uptime by month and component"),
        ("tables", "uptime.csv", "the same for all months, as CSV"),
        ("feeds", "updates.rss", "the newest updates, as RSS"),
        ("feeds", "updates.json", "the same as JSON Feed"),
        ("api", "api/openapi.json", "all JSON files, as OpenAPI describes them"),
        ("api", "api/v2/summary.json", "the state as Statuspage's API has it"),
        ("calendar", "maintenance.ics", "planned maintenance, as iCalendar"),
        ("", "sitemap.xml", "every page, with the day of its last update"),
    )
    links = "".join(
        f"- [{path or 'Status page'}]({view.url}{path}): {what}\n"
        for name, path, what in told
        if not name or name in view.formats
    )
    note = (
        "Each incident has a page of its own with all of its updates and the times of each.\n"
        "What was true an hour ago need not be true now: ask again before you answer.\n\n"
    )
    return f"# {_marked(view.title)}\n\n{about}{note}## Where to look\n\n{links}".encode()


def _line(text: str) -> str:
    """Make a text one line that a terminal shows and does not obey."""
    return _CONTROLS.sub(" ", text).strip()


def _marked(text: str) -> str:
    """Write a text so that Markdown shows it as it is."""
    return _MARKS.sub(r"\\\1", _line(text))
