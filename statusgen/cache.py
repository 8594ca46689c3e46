"""Facts that need not be read again: what documents said, kept by the digest of what they hold.

The cache lies beside the manifest: an index of the incidents and maintenances that it knows, with
the summaries of incidents, and their facts in a file for each month of incidents and one for
maintenance. It holds nothing that is not shown. It serves one version of the program and one set of
the settings that facts hang on; what is damaged, or of another version, counts as none.
"""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct

from statusgen.errors import Problem
from statusgen.model import Incident, Maintenance
from statusgen.parse.nodes import Place
from statusgen.seal import cache_path, digest_of, read_file, tool_digest
from statusgen.views.audience import PUBLIC, Audience, marked_incident, marked_maintenance
from statusgen.views.summary import Archive, Summary, horizon, summarize
from statusgen.workers import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from statusgen.content import Document
    from statusgen.model import Moment
    from statusgen.parse.updates import Context

T = TypeVar("T")

INCIDENTS = "incidents"
MAINTENANCE = "maintenance"
_DIGEST = 32
"""How many bytes the digest before a file's content has."""

_INDEX = "index"
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""The horizon of what means the same at every moment."""

_encode = msgspec.msgpack.Encoder().encode


class Lost(Exception):  # noqa: N818 - it says what happened, and no user ever sees it
    """What was kept cannot be used after all: build without it."""


class Kept(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """What is known of a document without reading it.

    `digest` is that of the document, `file` holds its facts, `horizon` is the last instant that
    they tell of.
    """

    digest: bytes
    file: str
    horizon: datetime
    summary: Summary | None = None


class Withheld(Struct, frozen=True, kw_only=True, array_like=True):
    """Why a document is withheld, `internal` or `draft`, and the last instant that it tells of."""

    why: str
    horizon: datetime


class Index(Struct, frozen=True, kw_only=True, array_like=True):
    """All that is known, by folder and slug, and the digests of the files that hold the facts.

    What is withheld is known by a digest of its name and of what it holds.
    """

    tool: str = ""
    settings: str = ""
    known: dict[str, dict[str, Kept]] = {}
    withheld: dict[bytes, Withheld] = {}
    files: dict[str, bytes] = {}


class Reading(Struct, frozen=True, kw_only=True):
    """What came of a document: facts that will have to be read again, or what can be kept."""

    problems: tuple[Problem, ...] = ()
    fact: Any = None
    kept: bytes = b""
    encoded: bytes = b""
    withheld: Withheld | None = None


_index = msgspec.msgpack.Decoder(Index).decode
_kept = msgspec.msgpack.Decoder(Kept).decode
_facts = msgspec.msgpack.Decoder(dict[str, msgspec.Raw]).decode
_decoders = {
    INCIDENTS: msgspec.msgpack.Decoder(Incident).decode,
    MAINTENANCE: msgspec.msgpack.Decoder(Maintenance).decode,
}


class Cache:
    """The facts that one build has from those before it, and that the next will have from it.

    `meanwhile` is what this process does while others begin to read documents.
    """

    def __init__(
        self,
        public: Path,
        moment: Moment,
        *,
        is_new: bool,
        audience: Audience = PUBLIC,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> None:
        """Read the index that lies beside a published folder, unless the cache begins anew."""
        self.place = Path(cache_path(str(public)))
        self.moment = moment
        self.audience = audience
        self.meanwhile = meanwhile
        self.old = Index() if is_new else self._read_index()
        self.settings = ""
        self.known: dict[str, dict[str, Kept]] = {INCIDENTS: {}, MAINTENANCE: {}}
        self.withheld: dict[bytes, Withheld] = {}
        self.withholdings: list[str] = []
        self.loaded: dict[str, dict[str, msgspec.Raw]] = {}
        self.new: dict[str, dict[str, bytes]] = defaultdict(dict)

    def is_known(self, folder: str, slug: str, digest: bytes) -> bool:
        """Whether a document need not be read."""
        kept = self.old.known[folder].get(slug) if folder in self.old.known else None
        is_kept = kept is not None and kept.digest == digest
        found = kept if is_kept else self.old.withheld.get(_named(folder, slug, digest))
        # What is told for later must be read at a moment before it.
        return found is not None and found.horizon <= self.moment.as_of

    def recall(
        self,
        documents: Sequence[Document],
        parse: Callable[[Document, Context, Place], T | None],
        context: Context,
        problems: list[Problem],
    ) -> tuple[T, ...]:
        """Read documents, but for those that are known: give the facts that are not kept.

        Raises Lost where what is known was read against other settings.
        """
        folder = documents[0].folder if documents else ""
        known = self.known.get(folder, {})
        self._settle(context)
        unread = [one for one in documents if not one.is_known]
        for one in documents:
            if one.is_known:
                withheld = self.old.withheld.get(_named(folder, one.slug, one.digest))
                if withheld:
                    self._withhold(one, withheld)
                else:
                    known[one.slug] = self.old.known[folder][one.slug]

        def read(document: Document) -> Reading:
            return self._read(document, parse, context)

        found = []
        is_much = folder == INCIDENTS
        readings = spread(read, unread, meanwhile=self.meanwhile) if is_much else map(read, unread)
        for document, reading in zip(unread, readings, strict=True):
            problems += reading.problems
            if reading.fact is not None:
                found.append(reading.fact)
            if reading.withheld:
                self._withhold(document, reading.withheld)
            if reading.kept:
                kept = known[document.slug] = _kept(reading.kept)
                self.new[kept.file][document.slug] = reading.encoded
        if folder == MAINTENANCE:
            found += [self.load(folder, slug) for slug in known]
        return tuple(found)

    def archive(self) -> Archive:
        """Give the incidents that are known, as views need them."""
        incidents = self.known[INCIDENTS]
        return Archive(
            summaries=tuple(kept.summary for kept in incidents.values() if kept.summary),
            digests={slug: kept.digest for slug, kept in incidents.items()},
            load=self.incident,
            internal=self.withholdings.count("internal"),
            draft=self.withholdings.count("draft"),
        )

    def incident(self, slug: str) -> Incident:
        """Give the facts of an incident that is known."""
        found: Incident = self.load(INCIDENTS, slug)
        return found

    def load(self, folder: str, slug: str) -> Any:  # noqa: ANN401 - each folder has its facts
        """Give facts that are known. Raises Lost."""
        file = self.known[folder][slug].file
        encoded = self.new[file].get(slug) if file in self.new else None
        return _decoders[folder](encoded or self._load(file)[slug])

    def save(self) -> None:
        """Keep what is known, each file whole or not at all; what cannot be kept is not."""
        keys = {folder: known.keys() for folder, known in self.known.items()}
        is_same = keys == {folder: known.keys() for folder, known in self.old.known.items()}
        if is_same and not self.new and self.withheld == self.old.withheld:
            return
        before, now = _slugs(self.old.known), _slugs(self.known)
        digests = {}
        with suppress(OSError, Lost):
            os.makedirs(self.place, exist_ok=True)
            for file, slugs in now.items():
                if file in self.new or slugs != before.get(file):
                    facts = {slug: self._encoded(file, slug) for slug in sorted(slugs)}
                    digests[file] = self._write(file, _encode(facts))
                else:
                    digests[file] = self.old.files[file]
            index = Index(
                tool=tool_digest(),
                settings=self.settings,
                known=self.known,
                withheld=self.withheld,
                files=digests,
            )
            self._write(_INDEX, _encode(index))
            for file in self.old.files.keys() - digests.keys():
                os.unlink(f"{self.place}/{file}")

    def _withhold(self, document: Document, withheld: Withheld) -> None:
        self.withheld[_named(document.folder, document.slug, document.digest)] = withheld
        self.withholdings.append(withheld.why)

    def _settle(self, context: Context) -> None:
        """See that what is known was read against the same settings."""
        read = (context.zone, context.policy, context.components, context.templates)
        parts = (*read, self.audience)
        self.settings = digest_of(repr(parts).encode()).hex()
        if self.old.known and self.old.settings != self.settings:
            raise Lost

    def _read(
        self,
        document: Document,
        parse: Callable[[Document, Context, Place], Any],
        context: Context,
    ) -> Reading:
        """Read a document; what can be kept of it is encoded, and the fact itself is not given."""
        problems: list[Problem] = []
        fact = parse(document, context, Place(path=document.path, problems=problems))
        is_settled = context.policy is not None and context.zone is not None
        # An alias is held against those of all others, and told with its line.
        if problems or not is_settled or getattr(fact, "aliases", True):
            return Reading(problems=tuple(problems), fact=fact)
        if isinstance(fact, Incident):
            return self._keep_incident(document, fact, context)
        if isinstance(fact, Maintenance):
            return self._keep_maintenance(document, fact)
        return Reading(fact=fact)

    def _keep_incident(self, document: Document, fact: Incident, context: Context) -> Reading:
        last = horizon(fact)
        if last > self.moment.as_of:
            return Reading(fact=fact)
        assert context.policy is not None  # noqa: S101 - the caller has seen to both
        assert context.zone is not None  # noqa: S101 - as above
        if not self.audience.sees(fact):
            return _withheld(fact, last)
        fact = marked_incident(fact)
        summary = summarize(fact, context.policy, context.zone)
        kept = Kept(
            digest=document.digest, file=f"{summary.month:%Y-%m}", horizon=last, summary=summary
        )
        return Reading(kept=_encode(kept), encoded=_encode(fact))

    def _keep_maintenance(self, document: Document, fact: Maintenance) -> Reading:
        if not self.audience.sees(fact):
            return _withheld(fact, _ALWAYS)
        kept = Kept(digest=document.digest, file=MAINTENANCE, horizon=_ALWAYS)
        return Reading(kept=_encode(kept), encoded=_encode(marked_maintenance(fact)))

    def _encoded(self, file: str, slug: str) -> msgspec.Raw:
        encoded = self.new[file].get(slug) if file in self.new else None
        return msgspec.Raw(encoded) if encoded else self._load(file)[slug]

    def _load(self, file: str) -> dict[str, msgspec.Raw]:
        """Read a file of facts. Raises Lost where it is not the one that was kept."""
        if file not in self.loaded:
            data = self._read_file(file)
            if data is None or digest_of(data) != self.old.files.get(file):
                raise Lost
            self.loaded[file] = _facts(data)
        return self.loaded[file]

    def _read_index(self) -> Index:
        data = self._read_file(_INDEX)
        try:
            index = _index(data) if data else Index()
        except msgspec.DecodeError:
            return Index()
        return index if index.tool == tool_digest() else Index()

    def _read_file(self, name: str) -> bytes | None:
        """Read a file of the cache; one that is damaged is none."""
        try:
            data = read_file(f"{self.place}/{name}")
        except OSError:
            return None
        return data[_DIGEST:] if data[:_DIGEST] == digest_of(data[_DIGEST:]) else None

    def _write(self, name: str, data: bytes) -> bytes:
        """Write a file of the cache whole, and give its digest."""
        digest = digest_of(data)
        staged = f"{self.place}/.{name}"
        with open(staged, "wb") as file:
            file.write(digest + data)
        os.replace(staged, f"{self.place}/{name}")
        return digest


def _named(folder: str, slug: str, digest: bytes) -> bytes:
    """Name a document so that nobody can read its name."""
    return digest_of(f"{folder}/{slug}\0".encode() + digest)


def _withheld(fact: Incident | Maintenance, last: datetime) -> Reading:
    why = "draft" if fact.draft else "internal"
    return Reading(withheld=Withheld(why=why, horizon=last))


def _slugs(known: dict[str, dict[str, Kept]]) -> dict[str, set[str]]:
    """Tell by file which slugs it holds."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in known.values():
        for slug, kept in each.items():
            found[kept.file].add(slug)
    return found
