"""Where in a file a spot is: the facts know no lines, so a document is looked through for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from statusgen.model import IncidentStatus, MaintenanceStatus
from statusgen.parse.blocks import read_front_matter, split_front_matter
from statusgen.parse.nodes import Mapping, Place, Unreadable, read_yaml
from statusgen.parse.updates import KEEPS, Context, UpdateReader, outline

if TYPE_CHECKING:
    from datetime import datetime

    from statusgen.config import Config
    from statusgen.content import Document, Documents
    from statusgen.findings.finding import Spot
    from statusgen.model import Moment, Site
    from statusgen.parse.blocks import UsualBlock

_KINDS: dict[str, tuple[str, type[IncidentStatus | MaintenanceStatus]]] = {
    "incidents": ("incident", IncidentStatus),
    "maintenance": ("maintenance", MaintenanceStatus),
}


class Spots:
    """Finds the lines of spots; a document is read once, however many spots are in it."""

    def __init__(self, documents: Documents, config: Config, site: Site, moment: Moment) -> None:
        """Take documents that were read without a problem, and what was read of them."""
        self.documents = documents
        self.context = Context(
            zone=config.zone, policy=config.policy, components=None, templates=(), moment=moment
        )
        self._starts = {one.slug: one.started for one in site.incidents}
        self._texts: dict[str, list[str]] = {}
        self._places: dict[tuple[str, str], _Places] = {}
        self._by_name = {(one.folder, one.slug): one for one in documents.documents}

    def of(self, spot: Spot) -> tuple[str, int]:
        """Tell the path and the line of a spot."""
        if spot.path:
            return spot.path, self._line_of(spot.path, spot.line, spot.word)
        name = (spot.folder, spot.slug)
        if name not in self._places:
            start = self._starts.get(spot.slug) if spot.folder == "incidents" else None
            self._places[name] = _Places(self._by_name[name], self.context, start)
        path, first = self._places[name].find(spot)
        return path, self._line_of(path, first, spot.word)

    def _line_of(self, path: str, first: int, word: str) -> int:
        """Tell the line of a word at or below a line; that line if it is written otherwise."""
        if not word:
            return first
        lines = self._texts.get(path) or self._read(path)
        found = (n for n, line in enumerate(lines[first - 1 :], first) if word in line)
        return next(found, first)

    def _read(self, path: str) -> list[str]:
        whole = (
            each
            for one in self.documents.documents
            for each in (one, *one.parts, *one.translations)
        )
        text = next(each.text for each in whole if each.path == path)
        self._texts[path] = text.split("\n")
        return self._texts[path]


class _Places:
    """Where the keys and the updates of a document stand."""

    def __init__(self, document: Document, context: Context, start: datetime | None) -> None:
        self.path = document.path
        self.head = Mapping(entries=(), line=1)
        self.updates: list[tuple[str, Mapping | UsualBlock]] = []
        place = Place(path=document.path, problems=[])
        try:
            if document.folder in _KINDS:
                self._read(document, context, start, place)
            elif document.is_yaml:
                found = read_yaml(document.text, place)
                self.head = found if isinstance(found, Mapping) else self.head
            else:
                front, _ = split_front_matter(document.text, place)
                self.head = read_front_matter(front, place) if front else self.head
        except Unreadable:  # then all that is known of a spot is its file
            return

    def find(self, spot: Spot) -> tuple[str, int]:
        if spot.update is not None and spot.update < len(self.updates):
            path, node = self.updates[spot.update]
            return path, node.line_of(spot.key)
        return self.path, self.head.line_of(spot.key)

    def _read(
        self, document: Document, context: Context, start: datetime | None, place: Place
    ) -> None:
        kind, statuses = _KINDS[document.folder]
        nodes = outline(document, (*statuses, KEEPS), place)
        self.head = nodes.head or self.head
        reader: UpdateReader[Any] = UpdateReader(kind, statuses, document.slug, context)
        self.updates = [(one.place.path, one.node) for one in reader.dated(nodes, start)]
