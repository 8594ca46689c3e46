"""What a check is, what it looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from statusgen.config import Config, Level
from statusgen.model import (
    Announcement,
    AnyUpdate,
    ComponentGroup,
    Incident,
    Maintenance,
    Page,
    Postmortem,
    Report,
    Site,
    Translations,
    Visibility,
)

if TYPE_CHECKING:
    from statusgen.errors import Problem
    from statusgen.views import Gap


PROBLEM = "content"
"""The code of what keeps content from being read at all."""


class Finding(NamedTuple):
    """Something that should not be published so: where, why, and what would mend it.

    `path` starts at the site's root; `line` counts from 1.
    """

    path: str
    line: int
    code: str
    level: Level
    cause: str
    cure: str

    def __str__(self) -> str:
        """Spell it as compilers do, so that editors can jump to it."""
        return f"{self.path}:{self.line}: {self.level}: {self.words} [{self.code}]"

    @property
    def words(self) -> str:
        """The cause and the cure."""
        return f"{self.cause} {self.cure}".strip()


def of_problem(problem: Problem) -> Finding:
    """Tell what keeps the content from being read."""
    cause = f"{problem.address}: {problem.message}"
    return Finding(problem.path, problem.line, PROBLEM, Level.ERROR, cause, "")


class Spot(Struct, frozen=True, kw_only=True):
    """Something that a check found in a document, by what the facts know of where it stands.

    `folder` and `slug` name the document; those of the settings have no folder. `update` counts
    from 0, `key` is a key of the document or of the update, `word` a text that stands there. Where
    `path` and `line` are known they stand for all but the word.
    """

    cause: str
    cure: str
    folder: str = ""
    slug: str = ""
    update: int | None = None
    key: str = ""
    word: str = ""
    path: str = ""
    line: int = 0


class Passage(NamedTuple):
    """A text that the public reads, or is about to read, and where it stands; see `Spot`."""

    text: str
    folder: str
    slug: str
    update: int | None = None
    key: str = ""
    is_markdown: bool = True
    path: str = ""
    line: int = 0

    def spot(self, cause: str, cure: str, word: str = "") -> Spot:
        """Tell something of it; `word` is a part of the text."""
        return Spot(
            folder=self.folder,
            slug=self.slug,
            cause=cause,
            cure=cure,
            update=self.update,
            key=self.key,
            word=word,
            path=self.path,
            line=self.line,
        )


class Look:
    """What checks look at: the content at a moment. `addresses` are the paths that it publishes."""

    def __init__(
        self,
        config: Config,
        site: Site,
        as_of: datetime,
        addresses: Callable[[], frozenset[str]] = frozenset,
        gaps: Sequence[Gap] = (),
    ) -> None:
        """Take content of which nothing lies ahead of the moment, and what is not translated."""
        self.config, self.site, self.as_of, self.gaps = config, site, as_of, gaps
        self._addresses = addresses

    @cached_property
    def addresses(self) -> frozenset[str]:
        """The paths of all that is published; they are found out when they are asked for."""
        return self._addresses()

    @cached_property
    def lessons(self) -> dict[str, Postmortem]:
        """The post-mortems by the slugs of their incidents."""
        return {one.incident: one for one in self.site.postmortems}

    def incidents(self) -> Iterator[Incident]:
        """Tell the incidents that are checked."""
        return (one for one in self.site.incidents if self._is_checked(one, one.updates[-1].at))

    def maintenances(self) -> Iterator[Maintenance]:
        """Tell the maintenance that is checked."""
        return (one for one in self.site.maintenances if self._is_checked(one, one.ends))

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """All that the public reads, or is about to: drafts too, but nothing that is internal."""
        return tuple(self._passages())

    def _is_checked(self, one: Incident | Maintenance, last: datetime) -> bool:
        since = self.config.policy.checks.since
        begin = datetime.combine(since, time(), tzinfo=self.config.zone) if since else None
        return not one.retracted and (begin is None or last >= begin)

    def _passages(self) -> Iterator[Passage]:
        yield from self._settings()
        for one in self.incidents():
            if one.visibility == Visibility.PUBLIC:
                yield from _timeline(one, "incidents")
                yield from _report(one)
        for work in self.maintenances():
            if work.visibility == Visibility.PUBLIC:
                yield from _timeline(work, "maintenance")
        yield from self._texts()

    def _settings(self) -> Iterator[Passage]:
        for key, text in (("title", self.config.title), ("description", self.config.description)):
            yield Passage(text, "", "site", key=key, is_markdown=False)
        yield from _translated(self.config.translations)
        groups = (one for one in self.site.components if isinstance(one, ComponentGroup))
        for group in groups:
            yield Passage(group.name, "", "components", is_markdown=False)
            yield from _translated(group.translations)
        for leaf in self.site.leaves:
            for text in (leaf.name, leaf.description):
                yield Passage(text, "", "components", is_markdown=False)
            yield from _translated(leaf.translations)

    def _texts(self) -> Iterator[Passage]:
        for lesson in self.site.postmortems:
            if lesson.published:
                yield from _text(lesson, "postmortems", lesson.incident)
        for notice in self.site.announcements:
            yield from _text(notice, "announcements", notice.slug)
        for page in self.site.pages:
            yield from _text(page, "pages", page.slug)


def _timeline(one: Incident | Maintenance, folder: str) -> Iterator[Passage]:
    yield Passage(one.title, folder, one.slug, key="title", is_markdown=False)
    if one.edited:
        yield Passage(one.edited.what, folder, one.slug, key="edited", is_markdown=False)
    updates: tuple[AnyUpdate, ...] = one.updates
    for index, update in enumerate(updates):
        yield Passage(update.body, folder, one.slug, update=index)
    yield from _translated(one.translations)


def _report(one: Incident) -> Iterator[Passage]:
    report = one.report or Report()
    for text in (*report.what_happened, *report.impact, *report.resolution):
        yield Passage(text, "incidents", one.slug, key="report", is_markdown=False)


def _text(one: Postmortem | Announcement | Page, folder: str, slug: str) -> Iterator[Passage]:
    yield Passage(one.title, folder, slug, key="title", is_markdown=False)
    yield Passage(one.body, folder, slug)
    yield from _translated(one.translations)


def _translated(translations: Translations) -> Iterator[Passage]:
    """Tell what is said in other languages, each with the place that is known of it."""
    for one in translations:
        for block in one.blocks:
            for text in block.texts:
                yield Passage(text, "", "", path=one.path, line=block.line)


class Check(Struct, frozen=True, kw_only=True):
    """A rule of the content: its code, how much a breach weighs, why it is there, what finds it."""

    code: str
    level: Level
    rule: str
    about: str
    find: Callable[[Look], Iterator[Spot]]
