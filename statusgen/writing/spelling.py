"""Words → the text of a file, in the spelling that the file has: nothing else in it is touched."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from msgspec import Struct

from statusgen.errors import WritingError
from statusgen.expression import expression
from statusgen.model import Notify, Severity
from statusgen.parse.times import TimeError, read_time, read_zone, spell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from statusgen.content import Document
    from statusgen.model import Report

_UPDATED = expression(r"^updated:[ \t]*(\S.*?)[ \t\r]*$", re.MULTILINE | re.IGNORECASE)
_AT = expression(
    r"^[ \t-]*(?:at|updated):[ \t]*[\"']?([^\"'\n#]*?)[\"']?[ \t]*(?:#.*)?\r?$", re.MULTILINE
)
_ZONE = expression(r"\d:\d{2}(?:\s*(\S+))?$")
_DATED = expression(r"\d{4}-")
_LIST = expression(r"^updates:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*([ \t]*)- ", re.MULTILINE)
_TOP = expression(r"^[^\s#-]", re.MULTILINE)
_CLOSED = expression(r"^---[ \t]*\r?\n?", re.MULTILINE)
# What YAML takes for nothing but this text, wherever it stands as a value.
_BARE = expression(r"[^\W\d_](?:[\w .,/()+-]*[\w.)])?")
_WORDS = ("true", "false", "yes", "no", "on", "off", "null", "y", "n")
_SAME_DAY = timedelta(hours=11)
"""How long after the update before it a time without a date still means the same day."""


class Said(Struct, frozen=True, kw_only=True):
    """What an update is to say; `components` are ids with their statuses."""

    status: str
    body: str
    at: datetime
    components: tuple[tuple[str, str], ...] = ()
    severity: Severity | None = None
    next_update: datetime | None = None
    notify: Notify = Notify.YES
    starts: datetime | None = None
    ends: datetime | None = None


class Clock(Struct, frozen=True, kw_only=True):
    """How a file writes its times: in which zone, by what name, and whether with the date.

    Without a name it is the site's zone. `last` is the time that the next one follows.
    """

    zone: tzinfo = UTC
    name: str = "UTC"
    last: datetime | None = None

    def write(self, at: datetime) -> str:
        """Write a time; where the file leaves out the date it is left out if it can be."""
        local = at.astimezone(self.zone)
        is_near = self.last is not None and timedelta() <= at - self.last < _SAME_DAY
        shown = f"{local:%H:%M}" if is_near else f"{local:%Y-%m-%d %H:%M}"
        return f"{shown} {self.name}".rstrip()


def clock_of(text: str, zone: tzinfo, last: datetime | None, *, is_yaml: bool = False) -> Clock:
    """Find how a file writes the times of its updates; a new one writes them in UTC."""
    written = (_AT if is_yaml else _UPDATED).findall(text)
    if not written or not (found := _ZONE.search(written[-1])):
        return Clock()
    name = found[1] or ""
    try:
        own = read_zone(name) if name else zone
    except TimeError:
        return Clock()
    is_bare = not _DATED.match(written[-1])
    clock = Clock(zone=own, name=name, last=last if is_bare else None)
    return clock if _is_read(clock, zone) else Clock(last=clock.last)


def _is_read(clock: Clock, zone: tzinfo) -> bool:
    """Whether what it writes can be read: an hour that daylight saving repeats cannot."""
    if clock.last is None:
        return True
    try:
        read_time(clock.write(clock.last)).instant(zone, after=clock.last)
    except TimeError:
        return False
    return True


def block(said: Said, clock: Clock) -> str:
    """Spell an update as a block of Markdown."""
    trailers = {
        "Components": ", ".join(f"{name}={status}" for name, status in said.components),
        "Severity": said.severity or "",
        "Starts": spell(said.starts, clock.zone) if said.starts else "",
        "Ends": spell(said.ends, clock.zone) if said.ends else "",
        "Next update": clock.write(said.next_update) if said.next_update else "",
        "Notify": said.notify if said.notify != Notify.YES else "",
        "Updated": clock.write(said.at),
    }
    told = "\n".join(f"{key}: {value}" for key, value in trailers.items() if value)
    return f"[{said.status.upper()}] {said.body}\n{told}"


def item(said: Said, clock: Clock, indent: str) -> str:
    """Spell an update as an item of a list in YAML."""
    body = said.body.split("\n")
    text = "".join(f"\n    {line.rstrip()}" if line.strip() else "\n" for line in body)
    values = {
        "status": said.status,
        "at": clock.write(said.at),
        "components": ", ".join(f"{name}: {status}" for name, status in said.components),
        "severity": said.severity or "",
        "starts": spell(said.starts) if said.starts else "",
        "ends": spell(said.ends) if said.ends else "",
        "next_update": clock.write(said.next_update) if said.next_update else "",
        "notify": said.notify if said.notify != Notify.YES else "",
        "body": f"|2-{text}" if body[0][:1] in (" ", "\t") else f"|-{text}",
    }
    if values["components"]:
        values["components"] = f"{{{values['components']}}}"
    lines = "\n".join(f"  {key}: {value}" for key, value in values.items() if value)
    return "\n".join(f"{indent}{line}".rstrip() for line in f"- {lines[2:]}".split("\n"))


def appended(document: Document, text: str, said: Said, clock: Clock) -> str:
    """Append an update to the text of a file. Raises WritingError where it has no room for it."""
    newline = "\r\n" if "\r\n" in text else "\n"
    if not document.is_yaml:
        return _joined(text, block(said, clock), newline, blank=True)
    found = _LIST.search(text)
    if not found:
        message = f"{document.path}: its updates are no list of lines that one could be added to"
        raise WritingError(message)
    told = item(said, clock, found[1])
    after = _TOP.search(text, found.end())
    if after is None:
        return _joined(text, told, newline)
    end = after.start()
    kept = re.sub(r"(?:^[ \t]*(?:#.*)?\r?\n)+\Z", "", text[:end], flags=re.MULTILINE)
    return _joined(kept, told, newline) + text[len(kept) :]


def reported(document: Document, text: str, report: Report) -> str:
    """Add the closing report to the keys of a file."""
    newline = "\r\n" if "\r\n" in text else "\n"
    parts = (
        ("what_happened", report.what_happened),
        ("impact", report.impact),
        ("resolution", report.resolution),
    )
    lines = ["report:"]
    for key, told in parts:
        if told:
            lines += [f"  {key}:", *(f"    - {quoted(one)}" for one in told)]
    added = "\n".join(lines)
    if document.is_yaml:
        return _joined(text, added, newline)
    closed = _CLOSED.search(text, text.index("\n"))
    assert closed is not None  # noqa: S101 - the document was read
    return _joined(text[: closed.start()], added, newline) + text[closed.start() :]


def head(values: Iterable[tuple[str, str]], comment: str = "") -> str:
    """Spell the keys of a new file, below a comment; each value is YAML already."""
    lines = "".join(
        f"{key}:{value if value.startswith(chr(10)) else f' {value}'}\n" for key, value in values
    )
    lead = f"{comment}\n" if comment else ""
    return f"---\n{lead}{lines}---\n"


def quoted(text: str) -> str:
    """Spell a text as a value of YAML: bare where that can mean nothing else."""
    is_bare = _BARE.fullmatch(text) and text.lower() not in _WORDS
    return text if is_bare else json.dumps(text, ensure_ascii=False)


def _joined(text: str, added: str, newline: str, *, blank: bool = False) -> str:
    """Put lines behind a text that may not end its last one."""
    lead = "" if not text or text.endswith("\n") else newline
    if blank and not re.search(r"\n[ \t]*\r?\n\Z", text + lead):
        lead += newline
    return f"{text}{lead}{added.replace(chr(10), newline)}{newline}"
