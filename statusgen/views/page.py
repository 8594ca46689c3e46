"""What every page has, and the pages that hang on nothing else.

Addresses in views are paths below the site (`incidents/…/`, empty for home); `frame.root` leads
from a page to the site. Times are in the site's zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cached_property
from hashlib import blake2b
from itertools import chain
from typing import Generic, TypeVar, overload

from msgspec import Struct


class View(Struct, frozen=True, kw_only=True):
    """What one file shows, and nothing else."""


V = TypeVar("V")


KEY = 16
"""How many bytes of a digest tell two things apart."""


def key_of(made_from: object) -> bytes:
    """Digest what a page is made from: all that it says of itself."""
    # The quicker encodings tell neither a time's zone nor the type of what is nested.
    return blake2b(repr(made_from).encode(), digest_size=KEY).digest()


class Promise(Struct, Generic[V], frozen=True, kw_only=True, eq=False, dict=True):
    """A page that is made only when it is due; two are equal whose pages are.

    `made_from` tells everything that it is made from, if that is known, but for what it shares with
    the others of its kind, which is `shared`. A preview never asks for it.
    """

    path: str
    make: Callable[[], V]
    made_from: Callable[[], object] | None = None
    shared: bytes = b""

    @cached_property
    def key(self) -> bytes:
        """A digest of what it is made from; empty where that is not known."""
        return key_of(self.made_from()) if self.made_from else b""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Promise):
            return False
        return self.path == other.path and bool(self.make() == other.make())

    def __hash__(self) -> int:
        return hash(self.path)


class Batch(Struct, Generic[V], frozen=True, kw_only=True, eq=False):
    """Pages that need not even be promised while what they are made from is the same.

    `key` tells everything that any of them is made from, but for what they share with the others of
    their kind, which is `shared`. No other batch of their kind has the name. `size` is how many
    they are, 0 where nobody knows before they are promised. Batches of other kinds with the same
    `subject` tell of the same, each page of what theirs tells of: to make them together is quicker.
    """

    name: str
    subject: str = ""
    size: int = 0
    promises: Callable[[], Iterable[Promise[V]]]
    key: bytes
    shared: bytes


class Pages(Sequence[V]):
    """Pages of one kind, each made when it is asked for."""

    def __init__(self, parts: Callable[[], Iterable[Promise[V] | Batch[V]]]) -> None:
        """Take what promises the pages, in their order."""
        self._parts = parts

    @cached_property
    def parts(self) -> tuple[Promise[V] | Batch[V], ...]:
        """The promises of the pages, in batches where that is worth it."""
        return tuple(self._parts())

    @cached_property
    def promises(self) -> tuple[Promise[V], ...]:
        """The promises of all pages."""
        each = (part.promises() if isinstance(part, Batch) else (part,) for part in self.parts)
        return tuple(chain.from_iterable(each))

    def __len__(self) -> int:
        return len(self.promises)

    @overload
    def __getitem__(self, index: int) -> V: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[V]: ...
    def __getitem__(self, index: int | slice) -> V | Sequence[V]:
        if isinstance(index, slice):
            return Pages(lambda: self.promises[index])
        return self.promises[index].make()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))


def maintenance_path(slug: str) -> str:
    """Tell where the page of a maintenance lies."""
    return f"maintenance/{slug}/"


class Link(View, frozen=True, kw_only=True):
    """A name that leads somewhere.

    Wherever a view has `said_in`, that is the language of its texts, if it is not the page's.
    """

    title: str
    path: str
    said_in: str = ""


class Tree(View, frozen=True, kw_only=True):
    """The pages in one language, and the path below the site at which they lie."""

    language: str
    path: str


class Frame(View, frozen=True, kw_only=True):
    """What stands around every page.

    `root` leads to the pages of the same language, `base` to the site itself, which holds the files
    that all share; `url` and `site_url` are the absolute addresses of the page and of the site.
    `trees` are all languages, if there are several: a page has the same `path` in each.
    `newest` is the time of the site's newest update, on a page that tells how the service does now:
    the others would have to be written anew with each update.
    `formats` are what is published beside the pages, by name: a page links to nothing else.
    `is_team` tells that the site is the team's own, and no customer's.
    """

    site_title: str
    description: str
    language: str
    zone: str
    support: str
    pages: tuple[Link, ...]
    formats: tuple[str, ...]
    root: str
    base: str
    path: str
    url: str
    site_url: str
    trees: tuple[Tree, ...] = ()
    said_in: str = ""
    newest: datetime | None = None
    is_team: bool = False


class ExtraPage(View, frozen=True, kw_only=True):
    """A page of the site's own."""

    frame: Frame
    title: str
    body: str
    said_in: str = ""


class NotFoundPage(View, frozen=True, kw_only=True):
    """What is shown where nothing is."""

    frame: Frame


class ManifestView(View, frozen=True, kw_only=True):
    """What a device that keeps the site beside its apps is told."""

    name: str
    description: str
    language: str


class SitemapView(View, frozen=True, kw_only=True):
    """All addresses of the site, absolute, with the day of their last change where it is known."""

    addresses: tuple[tuple[str, date | None], ...]


class RobotsView(View, frozen=True, kw_only=True):
    """What crawlers are told."""

    sitemaps: tuple[str, ...]
