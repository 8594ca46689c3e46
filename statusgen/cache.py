"""Facts that need not be read again: what documents said, kept by the digest of what they hold.

The cache lies beside the manifest: an index of all that it knows, with what the incidents of each
month have in common, and a file for each month with the rest. It holds nothing that is not shown.
It serves one version of the program and one set of the settings that facts hang on; what is
damaged, or of another version, counts as none.
"""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from statusgen.errors import Problem
from statusgen.markdown import Known, know_texts, read_texts
from statusgen.model import Incident, Maintenance, bodies
from statusgen.parse.nodes import Place
from statusgen.seal import Digests, cache_path, digest_of, read_file, tool_digest
from statusgen.views.audience import PUBLIC, Audience
from statusgen.views.summary import (
    Archive,
    Outline,
    Summary,
    Volume,
    horizon,
    summarize,
    volume_of,
)
from statusgen.workers import ENOUGH, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from statusgen.content import Document, Documents
    from statusgen.model import Moment
    from statusgen.parse.updates import Context

T = TypeVar("T")
Shown = TypeVar("Shown", Incident, Maintenance)

INCIDENTS = "incidents"
MAINTENANCE = "maintenance"
_BATCH = 25
"""How many documents are read before they are parsed."""

_DIGEST = 32
"""How many bytes the digest before a file's content has."""

_MUCH = 2_000
"""So many incidents of a new cache are kept at once, month by month, and not held meanwhile."""

_HELD = 4
"""What was read of how many months is held: pages are made month by month."""

_INDEX = "index"
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""The horizon of what means the same at every moment."""

_encode = msgspec.msgpack.Encoder().encode


class Lost(Exception):  # noqa: N818 - it says what happened, and no user ever sees it
    """What was kept cannot be used after all: build without it."""


class Kept(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """What came of a document that is known: its digest, and the last instant that it tells of."""

    digest: bytes
    horizon: datetime
    summary: Summary


class Month(Struct, frozen=True, kw_only=True, array_like=True):
    """The incidents of a month that need not be read, and what they have in common.

    `digests` are those of their documents by slug, `key` digests all of them, `horizon` is the last
    instant that one of them tells of. `file` is the digest of the file that holds the rest.
    """

    digests: dict[str, bytes]
    key: bytes
    horizon: datetime
    outline: Outline
    file: bytes


class File(Struct, frozen=True, kw_only=True, array_like=True):
    """What is in the file of a month: its summaries, newest first, and the facts by slug.

    Beside each stands what was read of its texts.
    """

    summaries: Raw
    facts: dict[str, Raw]


class Withheld(Struct, frozen=True, kw_only=True, array_like=True):
    """Why a document is withheld, `internal` or `draft`, and the last instant that it tells of."""

    why: str
    horizon: datetime


class Index(Struct, frozen=True, kw_only=True, array_like=True):
    """All that is known: incidents by month, maintenance by slug.

    What is withheld is known by a digest of its name and of what it holds.
    """

    tool: str = ""
    settings: str = ""
    months: dict[str, Month] = {}
    works: dict[str, tuple[bytes, Raw]] = {}
    withheld: dict[bytes, Withheld] = {}


class Reading(Struct, frozen=True, kw_only=True):
    """What came of a document that is not kept: facts that will have to be read again, or problems.

    What is withheld comes with the digest of its document.
    """

    problems: tuple[Problem, ...] = ()
    fact: Any = None
    withheld: tuple[bytes, Withheld] | None = None


Keeping = tuple[str, bytes, bytes]
"""What can be kept of a document: its month, and encoded what is known of it, and its facts.

It is plain, so that helpers send it quickly.
"""


_month = msgspec.msgpack.Decoder(Month).decode
_index = msgspec.msgpack.Decoder(Index).decode
_kept = msgspec.msgpack.Decoder(Kept).decode
_file = msgspec.msgpack.Decoder(File).decode
_summaries = msgspec.msgpack.Decoder(list[Summary]).decode
_incident = msgspec.msgpack.Decoder(tuple[Incident, list[Known]]).decode
_maintenance = msgspec.msgpack.Decoder(tuple[Maintenance, list[Known]]).decode


class Cache:
    """The facts that one build has from those before it, and that the next will have from it.

    `meanwhile` is what this process does while others begin to read documents, `before` the cache
    of an earlier build of this process, which has read already what lies on the disk.
    """

    def __init__(  # noqa: PLR0913 - what a build knows when it begins
        self,
        public: Path,
        moment: Moment,
        *,
        is_new: bool,
        audience: Audience = PUBLIC,
        meanwhile: Callable[[], object] = lambda: None,
        before: Cache | None = None,
        is_lasting: bool = False,
    ) -> None:
        """Read the index that lies beside a published folder, unless the cache begins anew.

        One that is lasting will be saved, and may keep what is much before that.
        """
        self.place = Path(cache_path(str(public)))
        self.moment = moment
        self.audience = audience
        self.meanwhile = meanwhile
        kept = before.kept if before else None
        self.old = Index() if is_new else kept or self._read_index()
        self.kept: Index | None = None
        self.settings = ""
        self.months: dict[str, Month] = {}
        self.works: dict[str, tuple[bytes, Raw]] = {}
        self.withheld: dict[bytes, Withheld] = {}
        self.withholdings: list[str] = []
        self.loaded: dict[bytes, File] = dict(before.loaded) if before and not is_new else {}
        self.told: dict[bytes, list[Summary]] = dict(before.told) if before and not is_new else {}
        self.changed: dict[str, tuple[Volume, dict[str, Raw]]] = {}
        self.is_lasting = is_lasting
        self.is_much = False
        self._last = ""
        self._incidents: dict[str, bytes] = {}
        for month in self.old.months.values():
            if month.horizon <= moment.as_of:  # what is told for later must be read before it
                self._incidents |= month.digests

    def digests(self, folder: str) -> Mapping[str, bytes]:
        """Tell the digests of the incidents that need not be read, by their slugs."""
        return self._incidents if folder == INCIDENTS else {}

    def is_known(self, folder: str, slug: str, digest: bytes) -> bool:
        """Whether a document need not be read."""
        if folder == INCIDENTS and self._incidents.get(slug) == digest:
            return True
        if folder == MAINTENANCE and slug in self.old.works and self.old.works[slug][0] == digest:
            return True
        withheld = self.old.withheld.get(_named(folder, slug, digest))
        return withheld is not None and withheld.horizon <= self.moment.as_of

    def recall(
        self,
        documents: Documents,
        folder: str,
        parse: Callable[[Document, Context, Place], T | None],
        context: Context,
        problems: list[Problem],
    ) -> tuple[T, ...]:
        """Read documents, but for those that are known: give the facts that are not kept.

        Raises Lost where what is known was read against other settings.
        """
        self._settle(context)
        known = self._known(documents, folder)
        unread = [one for one in documents.of(folder) if not one.is_known]

        def read(some: Sequence[Document]) -> tuple[Digests, list[Reading | Keeping]]:
            # To read and to parse in turn would take a fifth longer.
            opened = [documents.open(one) for one in some]
            digests = dict(chain.from_iterable(each.digests.items() for each in opened))
            return digests, [
                self._parse(one, parse, context) if one else Reading(problems=found)
                for one, found, _ in opened
            ]

        found = []
        new: dict[str, Keeping] = {}
        batches = [unread[at : at + _BATCH] for at in range(0, len(unread), _BATCH)]
        is_much = folder == INCIDENTS
        told = (
            spread(read, batches, meanwhile=self.meanwhile, enough=ENOUGH // _BATCH)
            if is_much
            else [read(batch) for batch in batches]
        )
        for digests, _ in told:
            documents.digests.update(digests)
        readings = chain.from_iterable(some for _, some in told)
        for document, reading in zip(unread, readings, strict=True):
            if not isinstance(reading, Reading):
                new[document.slug] = reading
                continue
            problems += reading.problems
            if reading.fact is not None:
                found.append(reading.fact)
            if reading.withheld:
                self._withhold(document, *reading.withheld)
        if folder == INCIDENTS:
            self._gather(known, new)
        elif folder == MAINTENANCE:
            self.works = {slug: self.old.works[slug] for slug in sorted(known)}
            self.works |= {slug: (digest, Raw(fact)) for slug, (_, digest, fact) in new.items()}
            found += [_known(_maintenance(encoded)) for _, encoded in self.works.values()]
        return tuple(found)

    def archive(self) -> Archive:
        """Give the incidents that are known, as views need them."""
        if self.is_much:
            _give_back()
        return Archive(
            volumes=tuple(self._volume(name) for name in self.months),
            load=self.incident,
            internal=self.withholdings.count("internal"),
            draft=self.withholdings.count("draft"),
        )

    def incident(self, slug: str) -> Incident:
        """Give the facts of an incident that is known. Raises Lost."""
        name = self._month_of(slug)
        facts = self.changed[name][1] if name in self.changed else self._load(name).facts
        return _known(_incident(facts[slug]))

    def _month_of(self, slug: str) -> str:
        """Find the month of an incident: most often that of the one before."""
        name = self._last  # another thread of a preview may ask for another one meanwhile
        if name not in self.months or slug not in self.months[name].digests:
            name = next(name for name, one in self.months.items() if slug in one.digests)
            self._last = name
        return name

    def save(self) -> None:
        """Keep what is known, each file whole or not at all; what cannot be kept is not."""
        is_same = not self.changed and self.months == self.old.months
        if is_same and self.works == self.old.works and self.withheld == self.old.withheld:
            self.kept = self.old
        if self.kept:
            return
        with suppress(OSError):
            os.makedirs(self.place, exist_ok=True)
            for name, (volume, facts) in self.changed.items():
                digest = self._write(name, _encode_month(volume, facts))
                self.months[name] = replace(self.months[name], file=digest)
            index = Index(
                tool=tool_digest(),
                settings=self.settings,
                months=self.months,
                works=self.works,
                withheld=self.withheld,
            )
            self._write(_INDEX, _encode(index))
            self.kept = index
            for name in self.old.months.keys() - self.months.keys():
                os.unlink(f"{self.place}/{name}")

    def _known(self, documents: Documents, folder: str) -> set[str]:
        """Tell the slugs of what is known and shown, and take up what is withheld."""
        known = {*documents.known.get(folder, ())}
        for one in documents.of(folder):
            if one.is_known:
                withheld = self.old.withheld.get(_named(folder, one.slug, one.digest))
                if withheld:
                    self._withhold(one, one.digest, withheld)
                else:
                    known.add(one.slug)
        return known

    def _gather(self, known: set[str], new: dict[str, Keeping]) -> None:
        """Take up the months as they are, and make anew those in which something is different."""
        added: dict[str, dict[str, Keeping]] = defaultdict(dict)
        for slug, keeping in new.items():
            added[keeping[0]][slug] = keeping
        stay = {name: month.digests.keys() & known for name, month in self.old.months.items()}
        renewed = [
            name
            for name in sorted(stay.keys() | added.keys())
            if name in added or 0 < len(stay[name]) < len(self.old.months[name].digests)
        ]
        # What is kept of months that an index tells of stays until there is another index.
        self.is_much = self.is_lasting and len(new) >= _MUCH and not self.old.months

        def renew(name: str) -> tuple[Month, Volume, dict[str, Raw]]:
            return self._renew(name, stay.get(name, set()), added.get(name, {}))

        def keep(name: str) -> bytes:
            month, volume, facts = renew(name)
            with suppress(OSError):
                os.makedirs(self.place, exist_ok=True)
                file = self._write(name, _encode_month(volume, facts))
                return _encode(replace(month, file=file))
            return b""

        kept = spread(keep, renewed, enough=1) if self.is_much else [b""] * len(renewed)
        found = {name: month for name, month in self.old.months.items() if stay[name]}
        for name, encoded in zip(renewed, kept, strict=True):
            if encoded:
                found[name] = _month(encoded)
            else:
                found[name], volume, facts = renew(name)
                self.changed[name] = volume, facts
        self.months = dict(sorted(found.items()))

    def _renew(
        self, name: str, stay: set[str], added: dict[str, Keeping]
    ) -> tuple[Month, Volume, dict[str, Raw]]:
        """Make a month of incidents that stay, and of those that are added."""
        read = {slug: _kept(known_of) for slug, (_, known_of, _) in added.items()}
        digests = {slug: kept.digest for slug, kept in read.items()}
        facts = {slug: Raw(fact) for slug, (_, _, fact) in added.items()}
        summaries = [kept.summary for kept in read.values()]
        horizons = [kept.horizon for kept in read.values()]
        if stay:
            old = self.old.months[name]
            file = self._load(name, old)
            digests |= {slug: old.digests[slug] for slug in stay}
            facts |= {slug: file.facts[slug] for slug in stay}
            summaries += [one for one in _summaries(file.summaries) if one.slug in stay]
            horizons.append(old.horizon)
        digests, facts = dict(sorted(digests.items())), dict(sorted(facts.items()))
        volume = volume_of(summaries, digests, digest_of(_encode(digests)))
        month = Month(
            digests=digests,
            key=volume.key,
            horizon=max(horizons),
            outline=volume.outline,
            file=b"",
        )
        return month, volume, facts

    def _volume(self, name: str) -> Volume:
        month = self.months[name]
        return Volume(month.outline, partial(self._tell, name), month.digests, month.key)

    def _tell(self, name: str) -> Sequence[Summary]:
        """Tell the incidents of a month in brief, newest first. Raises Lost."""
        if name in self.changed:
            return self.changed[name][0].summaries
        key = self.months[name].file
        if key not in self.told:
            _hold(self.told, key, _summaries(self._load(name).summaries))
        return self.told[key]

    def _withhold(self, document: Document, digest: bytes, withheld: Withheld) -> None:
        self.withheld[_named(document.folder, document.slug, digest)] = withheld
        self.withholdings.append(withheld.why)

    def _settle(self, context: Context) -> None:
        """See that what is known was read against the same settings."""
        read = (
            context.zone,
            context.policy,
            context.components,
            context.templates,
            context.languages,
        )
        parts = (*read, self.audience)
        self.settings = digest_of(repr(parts).encode()).hex()
        if self.old.tool and self.old.settings != self.settings:
            raise Lost

    def _parse(
        self,
        document: Document,
        parse: Callable[[Document, Context, Place], Any],
        context: Context,
    ) -> Reading | Keeping:
        """Parse a document; what can be kept of it is encoded, and the fact itself is not given."""
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

    def _keep_incident(
        self, document: Document, fact: Incident, context: Context
    ) -> Reading | Keeping:
        assert context.policy is not None  # noqa: S101 - the caller has seen to both
        assert context.zone is not None  # noqa: S101 - as above
        last = horizon(fact, context.policy)
        if last > self.moment.as_of:
            return Reading(fact=fact)
        if not self.audience.sees(fact):
            return _withheld(document, fact, last)
        fact = self.audience.incident(fact)
        summary = summarize(fact, context.policy, context.zone)
        kept = Kept(digest=document.digest, horizon=last, summary=summary)
        month = summary.month.isoformat()[:7]
        return month, _encode(kept), _encode((fact, read_texts(bodies(fact))))

    def _keep_maintenance(self, document: Document, fact: Maintenance) -> Reading | Keeping:
        if not self.audience.sees(fact):
            return _withheld(document, fact, _ALWAYS)
        fact = self.audience.maintenance(fact)
        return "", document.digest, _encode((fact, read_texts(bodies(fact))))

    def _load(self, name: str, month: Month | None = None) -> File:
        """Read the file of a month. Raises Lost where it is not the one that was kept."""
        month = month or self.months[name]
        if month.file not in self.loaded:
            digest, data = self._read_file(name)
            if digest != month.file:
                raise Lost
            _hold(self.loaded, month.file, _file(data))
        return self.loaded[month.file]

    def _read_index(self) -> Index:
        digest, data = self._read_file(_INDEX)
        try:
            index = _index(data) if digest else Index()
        except msgspec.DecodeError:
            return Index()
        return index if index.tool == tool_digest() else Index()

    def _read_file(self, name: str) -> tuple[bytes, bytes]:
        """Read a file of the cache with its digest; that of one that is damaged is empty."""
        try:
            data = read_file(f"{self.place}/{name}")
        except OSError:
            return b"", b""
        digest, data = data[:_DIGEST], data[_DIGEST:]
        return (digest if digest == digest_of(data) else b""), data

    def _write(self, name: str, data: bytes) -> bytes:
        """Write a file of the cache whole, and tell its digest."""
        digest, staged = digest_of(data), f"{self.place}/.{name}"
        try:
            with open(staged, "wb") as file:
                file.writelines((digest, data))
            os.replace(staged, f"{self.place}/{name}")
        except OSError:
            with suppress(OSError):  # pages need the room
                os.unlink(staged)
            raise
        return digest


def _known(kept: tuple[Shown, list[Known]]) -> Shown:
    """Give a fact, and what was read of its texts to whoever shows them."""
    fact, read = kept
    know_texts(bodies(fact), read)
    return fact


def _hold(held: dict[bytes, T], key: bytes, value: T) -> None:
    """Hold what was read of a month, in place of what was read first."""
    while len(held) >= _HELD:
        del held[next(iter(held))]
    held[key] = value


def _give_back() -> None:
    """Give freed memory back to the system: copies of a process copy each page they write to."""
    with suppress(ImportError, AttributeError, OSError):  # only glibc can
        import ctypes  # noqa: PLC0415 - only for much

        ctypes.CDLL(None).malloc_trim(0)


def _encode_month(volume: Volume, facts: dict[str, Raw]) -> bytes:
    return _encode(File(summaries=Raw(_encode(volume.summaries)), facts=facts))


def _named(folder: str, slug: str, digest: bytes) -> bytes:
    """Name a document so that nobody can read its name."""
    return digest_of(f"{folder}/{slug}\0".encode() + digest)


def _withheld(document: Document, fact: Incident | Maintenance, last: datetime) -> Reading:
    why = "draft" if fact.draft else "internal"
    return Reading(withheld=(document.digest, Withheld(why=why, horizon=last)))
