"""The content as somebody who writes sees it: settings, what is open, and the one file at hand.

Of all incidents only those are parsed that may be open, or are asked for. What is written is read
back first: a file gets nothing that would be read otherwise than it was meant.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar
from unicodedata import normalize

from msgspec import Struct
from msgspec.structs import replace

from statusgen.content import Document, Oblivion, find_documents, write_file
from statusgen.errors import ContentErrors, Problem, WritingError, nearest
from statusgen.expression import expression
from statusgen.model import Incident, IncidentStatus, Maintenance, MaintenanceStatus
from statusgen.parse import parse_site
from statusgen.parse.incidents import parse_incident
from statusgen.parse.maintenance import parse_maintenance
from statusgen.parse.nodes import Place
from statusgen.parse.site import read_all
from statusgen.seal import read_file
from statusgen.views import timeline
from statusgen.writing.spelling import Said, appended, block, clock_of, reported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from statusgen.content import Documents
    from statusgen.model import AnyUpdate, Moment, Report
    from statusgen.parse.updates import Context

T = TypeVar("T")
Fact = Incident | Maintenance

INCIDENTS = "incidents"
MAINTENANCE = "maintenance"
_READERS: dict[str, Callable[[Document, Context, Place], Fact | None]] = {
    INCIDENTS: parse_incident,
    MAINTENANCE: parse_maintenance,
}
_HEADER = expression(r"^\[([^\]\n]+)\](?![(\[:])", re.MULTILINE)
_LONG = 60
"""How many letters an address has at most: titles are longer."""


class Page(Struct, frozen=True, kw_only=True):
    """A file of the content as it is to be, and the fact that it tells then.

    `before` is what it holds now, None if it is new.
    """

    path: str
    data: bytes
    before: bytes | None
    fact: Fact


class Desk:
    """The content, with the incidents that may be open; `is_whole` where all are wanted."""

    def __init__(self, root: Path, moment: Moment, *, is_whole: bool = False) -> None:
        """Read it. Raises ContentErrors where the settings cannot be read."""
        self.root = root
        self.moment = moment
        self.is_whole = is_whole
        self.documents = find_documents(root, {}, Oblivion())
        self.problems: list[Problem] = [*self.documents.problems]
        self.context: Context | None = None
        known = replace(self.documents, problems=())
        try:
            self.config, self.site = parse_site(known, moment, recall=self._recall)
        except ContentErrors as error:  # that there are no settings is told where they were read
            raise ContentErrors([*self.problems, *error.problems]) from None

    def _recall(
        self,
        documents: Documents,
        folder: str,
        parse: Callable[[Document, Context, Place], T | None],
        context: Context,
        _problems: list[Problem],
    ) -> tuple[T, ...]:
        """Read a folder; what is wrong there keeps nobody from writing elsewhere."""
        self.context = context
        if folder != INCIDENTS:
            return read_all(documents, folder, parse, context, self.problems)
        opened = [one for each in documents.of(folder) if (one := self._opened(each))]
        chosen = tuple(one for one in opened if self.is_whole or _may_be_open(one))
        some = replace(documents, documents=chosen)
        return read_all(some, folder, parse, context, self.problems)

    def _opened(self, found: Document) -> Document | None:
        opened = self.documents.open(found)
        self.problems += opened.problems
        return opened.document

    def open(self) -> tuple[Incident, ...]:
        """Tell the incidents that are open, that which began last first."""
        going_on = (one for one in self.site.incidents if timeline.is_open(one))
        return tuple(sorted(going_on, key=lambda one: (one.started, one.slug), reverse=True))

    def slugs(self) -> tuple[str, ...]:
        """Tell all that an update can be written to."""
        return tuple(one.slug for folder in _READERS for one in self.documents.of(folder))

    def find(self, slug: str) -> tuple[Document, Fact]:
        """Find what is called so. Raises WritingError, or ContentErrors if it has problems."""
        kinds, name = _named(slug)
        for folder in kinds:
            for found in self.documents.of(folder):
                if found.slug == name and (document := self._opened(found)):
                    return document, self.read(document)
        wrong = [one for one in self.problems if f"/{name}." in one.path or f"/{name}/" in one.path]
        if wrong:
            raise ContentErrors(wrong)
        hint = nearest(name, self.slugs()) or f"; open are {self._named() or 'none'}"
        message = f"no incident is called {name!r}{hint}"
        raise WritingError(message)

    def _named(self) -> str:
        return ", ".join(one.slug for one in self.open())

    def _settled(self) -> Context:
        assert self.context is not None  # noqa: S101 - parse_site asks for every folder
        return self.context

    def free_slug(self, title: str, at: datetime) -> str:
        """Make a name of a day and a title that nothing else has."""
        day = at.astimezone(self.config.zone).date()
        plain = re.sub(r"[^a-z0-9]+", "-", _ascii(title).lower()).strip("-")
        words = plain[:_LONG].rpartition("-")[0] if len(plain) > _LONG else plain
        slug = f"{day}-{words}" if words else f"{day}-incident"
        taken, count, name = set(self.slugs()), 1, slug
        while name in taken:
            count += 1
            name = f"{slug}-{count}"
        return name

    def appended(self, document: Document, fact: Fact, said: Said) -> Page:
        """Append an update to a file, or put it beside the others of a folder."""
        last = fact.updates[-1]
        said = replace(said, at=max(said.at, last.at))
        if document.path.count("/") > 2:  # noqa: PLR2004 - content/incidents/slug/incident.md
            return self._part(document, fact, said)
        before = self._bytes(document.path)
        text = before.decode()
        clock = clock_of(text, self.config.zone, last.at, is_yaml=document.is_yaml)
        data = appended(document, text, said, clock).encode()
        after = self._verified(replace(document, text=_text(data)), fact, said)
        return Page(path=document.path, data=data, before=before, fact=after)

    def _part(self, document: Document, fact: Fact, said: Said) -> Page:
        folder = document.path.rpartition("/")[0]
        taken = {part.path for part in document.parts}
        stem, count = f"{folder}/{said.at:%Y-%m-%d-%H%M}-{said.status.replace('_', '-')}", 1
        path = f"{stem}.md"
        while path in taken:
            count += 1
            path = f"{stem}-{count}.md"
        clock = clock_of("", self.config.zone, None)
        text = f"{block(said, clock)}\n"
        part = Document(folder=document.folder, slug=document.slug, path=path, text=text)
        after = self._verified(replace(document, parts=(*document.parts, part)), fact, said)
        return Page(path=path, data=text.encode(), before=None, fact=after)

    def reported(self, document: Document, page: Page | None, report: Report) -> Page:
        """Add the closing report to a file, of which a page may have been made already."""
        before = self._bytes(document.path)
        own = page if page and page.path == document.path else None
        text = (own.data if own else before).decode()
        data = reported(document, text, report).encode()
        fact = self.read(replace(document, text=_text(data)))
        assert isinstance(fact, Incident)  # noqa: S101 - only those have one
        if fact.report != report:
            message = f"{document.path}: the report would be read otherwise; write it by hand"
            raise WritingError(message)
        return Page(path=document.path, data=data, before=before, fact=fact)

    def read(self, document: Document) -> Fact:
        """Read a document as it is to be. Raises ContentErrors."""
        problems: list[Problem] = []
        place = Place(path=document.path, problems=problems)
        fact = _READERS[document.folder](document, self._settled(), place)
        if problems or fact is None:
            raise ContentErrors(problems)
        return fact

    def _verified(self, document: Document, before: Fact, said: Said) -> Fact:
        """Read a file that must tell what it did, with what was said at its end."""
        after = self.read(document)
        newest = after.updates[-1]
        is_kept = after.updates[:-1] == before.updates and _rest(after) == _rest(before)
        if not (is_kept and _is_said(newest, said)):
            message = (
                f"{document.path}: the text would be read otherwise than it is written; "
                "put it in other words, or write it into the file by hand"
            )
            raise WritingError(message)
        return after

    def _bytes(self, path: str) -> bytes:
        try:
            return read_file(f"{self.root}/{path}")
        except OSError as error:
            message = f"{path}: cannot be read: {error.strerror}"
            raise WritingError(message) from error

    def write(self, page: Page) -> Path:
        """Write a page whole or not at all. Raises WritingError."""
        place = self.root / page.path
        write_file(str(place), page.data, page.before)
        return place

    def again(
        self, document: Document, theirs: bytes, said: Said, report: Report | None = None
    ) -> bytes:
        """Do an update to what somebody else has made of the file meanwhile."""
        now = replace(document, text=_text(theirs))
        fact = self.read(now)
        said = replace(said, at=max(said.at, fact.updates[-1].at))
        text = theirs.decode()
        clock = clock_of(text, self.config.zone, fact.updates[-1].at, is_yaml=document.is_yaml)
        data = appended(document, text, said, clock).encode()
        self._verified(replace(document, text=_text(data)), fact, said)
        is_reported = isinstance(fact, Incident) and fact.report
        if report and not is_reported:
            data = reported(document, data.decode(), report).encode()
        return data

    def component(self, name: str) -> str:
        """Find a component by its id or its name. Raises WritingError."""
        leaves = {leaf.id: leaf for leaf in self.site.leaves}
        by_name = {leaf.name.lower(): leaf.id for leaf in leaves.values()}
        if name in leaves:
            return name
        if found := by_name.get(name.lower()):
            return found
        hint = nearest(name, [*leaves, *by_name]) or f": there are {', '.join(leaves) or 'none'}"
        message = f"no component is called {name!r}{hint}"
        raise WritingError(message)

    def statuses(self, folder: str) -> Sequence[str]:
        """Tell the statuses that an update of a folder can have."""
        kind = IncidentStatus if folder == INCIDENTS else MaintenanceStatus
        return (*kind, "update")

    def templates(self) -> Iterator[tuple[str, str, str]]:
        """Tell what `new` can begin with: its name, its title, and its text without a header."""
        for one in self.site.templates:
            header = _HEADER.match(one.body.lstrip())
            text = one.body.lstrip()[header.end() :] if header else one.body
            yield one.slug, one.title, text.strip()


def _ascii(text: str) -> str:
    """Spell letters by those that an address can hold; what has none is left out."""
    plain = normalize("NFKD", text.replace("ı", "i").replace("ß", "ss"))
    return plain.encode("ascii", "ignore").decode()


def _named(words: str) -> tuple[tuple[str, ...], str]:
    """Tell what a slug, a path or an address names, and where that may lie."""
    parts = words.strip("/").split("/")
    kind = next((part for part in reversed(parts[:-1]) if part in _READERS), "")
    name = parts[parts.index(kind) + 1] if kind else parts[-1]
    return ((kind,) if kind else (*_READERS,)), name.partition(".")[0]


def _may_be_open(one: Document) -> bool:
    """Whether an incident must be read to know that it is over."""
    if one.is_yaml or one.parts or "```" in one.text or "~~~" in one.text:
        return True
    headers = _HEADER.findall(one.text)
    return not headers or headers[-1].strip().lower() != IncidentStatus.RESOLVED


def _text(data: bytes) -> str:
    """Give a file's text as it is read: no byte order mark, and ends of lines of one kind."""
    return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def _rest(one: Fact) -> Fact:
    return replace(one, updates=(), translations=())


def _is_said(newest: AnyUpdate, said: Said) -> bool:
    """Whether an update is what was to be said; times are written by the minute."""
    status = newest.status if said.status == "update" else said.status
    minute = said.at.replace(second=0, microsecond=0)
    told = tuple((change.component, str(change.status)) for change in newest.components)
    return (
        newest.status == status
        and newest.body == said.body
        and newest.at.replace(second=0, microsecond=0) == minute
        and told == tuple((name, str(status)) for name, status in said.components)
        and (newest.severity, newest.notify) == (said.severity, said.notify)
        and (newest.starts, newest.ends) == (said.starts, said.ends)
    )
