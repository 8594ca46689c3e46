"""New files: an incident, a maintenance, a post-mortem, each as somebody would write it by hand."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from statusgen.content import Document
from statusgen.errors import WritingError
from statusgen.model import Severity
from statusgen.parse.shapes import NAME
from statusgen.parse.times import spell, spell_duration
from statusgen.seal import CONTENT
from statusgen.views import timeline
from statusgen.writing.desk import INCIDENTS, MAINTENANCE, Page
from statusgen.writing.spelling import Clock, block, head, quoted
from statusgen.writing.wiring import SCHEMA_LINE, SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from statusgen.model import Incident
    from statusgen.writing.desk import Desk
    from statusgen.writing.spelling import Said

_LESSON = """\
---
# Nobody outside reads this until it says `published:` and a time here, like
# published: {now}
---

# Post-mortem: {title}

## Summary

What happened, in two sentences.

## Timeline

{timeline}

## Root cause

What caused it, and why that was not noticed before.

## Impact

- Duration: {lasted}
- Components: {components}
- Users affected:
- Requests failed:

## Resolution

{resolution}

## Prevention

1. [ ] First action (owner: , due: )
2. [ ] Second action (owner: , due: )

## Lessons learned

- What went well:
- What could be improved:
"""


class Head(Struct, frozen=True, kw_only=True):
    """What a new incident or maintenance says of itself; what is empty is not written.

    `components` are ids, each with a status or none.
    """

    title: str
    slug: str = ""
    severity: Severity | None = None
    started: datetime | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    components: tuple[tuple[str, str], ...] = ()
    visibility: str = ""
    is_draft: bool = False
    assignee: str = ""
    acknowledged: datetime | None = None
    template: str = ""


def new(desk: Desk, told: Head, said: Said) -> Page:
    """Spell a new incident, or a maintenance where it has a window, and read it back.

    Raises WritingError or ContentErrors.
    """
    folder = MAINTENANCE if told.starts else INCIDENTS
    began = told.starts or told.started or said.at
    slug = told.slug or desk.free_slug(told.title, began)
    if not NAME.fullmatch(slug):
        message = f"{slug!r} is not a plain name: use small letters, digits and single hyphens"
        raise WritingError(message)
    if slug in desk.slugs():
        message = f"something is called {slug!r} already; name another --slug"
        raise WritingError(message)
    values = {
        "title": quoted(told.title),
        "severity": told.severity or "",
        "started": _spelt(told.started),
        "starts": _spelt(told.starts),
        "ends": _spelt(told.ends),
        "components": _components(told.components),
        "visibility": told.visibility,
        "draft": "true" if told.is_draft else "",
        "assignee": quoted(told.assignee) if told.assignee else "",
        "acknowledged": _spelt(told.acknowledged),
        "template": told.template,
    }
    keys = head(((key, value) for key, value in values.items() if value), _schema(desk, folder))
    text = f"{keys}\n{block(said, Clock())}\n"
    path = f"{CONTENT}/{folder}/{slug}.md"
    document = Document(folder=folder, slug=slug, path=path, text=text)
    fact = desk.read(document)
    if fact.updates[-1].body != said.body or fact.title != told.title:
        message = "the text would be read otherwise than it is written; put it in other words"
        raise WritingError(message)
    return Page(path=path, data=text.encode(), before=None, fact=fact)


def _schema(desk: Desk, folder: str) -> str:
    """Tell editors by which schema a new file is right, on a site whose settings do so too."""
    settings = desk.documents.of("")
    is_wired = any(f"{SCHEMA_LINE}{SCHEMAS}/site.json" in one.text for one in settings)
    name = "maintenance" if folder == MAINTENANCE else "incident"
    return f"{SCHEMA_LINE}../{SCHEMAS}/{name}.json" if is_wired else ""


def postmortem(desk: Desk, one: Incident) -> Page:
    """Spell the beginning of a post-mortem: what the incident tells by itself is filled in."""
    windows = timeline.episodes(one)
    lasted = timeline.lasted(windows)
    names = {leaf.id: leaf.name for leaf in desk.site.leaves}
    steps = [f"- {spell(one.started)}: it began"]
    steps += [
        f"- {spell(update.at)}: {update.status}, {_first_line(update.body)}"
        for update in one.updates
    ]
    text = _LESSON.format(
        now=spell(desk.moment.as_of),
        title=one.title,
        timeline="\n".join(steps),
        lasted=spell_duration(lasted) if lasted is not None else "it is not over",
        components=", ".join(names.get(each, each) for each in timeline.named(one)) or "none",
        resolution="\n".join(f"- {each}" for each in one.report.resolution)
        if one.report and one.report.resolution
        else "What was done to fix it.",
    )
    return Page(
        path=f"{CONTENT}/postmortems/{one.slug}.md", data=text.encode(), before=None, fact=one
    )


def _components(named: Iterable[tuple[str, str]]) -> str:
    """Spell components as a list where the severity gives their status, else with a status each."""
    told = tuple(named)
    if not any(status for _, status in told):
        return "".join(f"\n  - {name}" for name, _ in told)
    return "".join(f"\n  {name}: {status}" for name, status in told)


def _spelt(at: datetime | None) -> str:
    return spell(at) if at else ""


def _first_line(text: str) -> str:
    return next(iter(text.split("\n")), "")
