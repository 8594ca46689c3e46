"""What a change does to customers: which pages, entries and files, and which mails to how many."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from statusgen.artifact import Artifact, Bundle, Folder, bundle_fingerprint, fingerprint
from statusgen.errors import ContentErrors, DiffError
from statusgen.git import extract
from statusgen.notify.book import Book
from statusgen.notify.due import baseline, decide
from statusgen.notify.letters import Letters
from statusgen.notify.news import news
from statusgen.notify.post import Post
from statusgen.reading import recall
from statusgen.seal import PLACES, tool_digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from statusgen.model import ComponentStatus, Moment
    from statusgen.notify.due import Due
    from statusgen.notify.subscribers import Source
    from statusgen.reading import Recalled
    from statusgen.theme import Theme
    from statusgen.views import SiteView
    from statusgen.views.present import Present

_KINDS = {"html": "pages", "feeds": "feeds", "api": "data", "plain": "data", "search": "data"}
"""What the files of a renderer are to those who read them; the rest are files."""


class Change(Struct, frozen=True, kw_only=True):
    """Something that appears, changes or goes: `how` is `new`, `changed` or `gone`."""

    how: str
    what: str


class Turn(Struct, frozen=True, kw_only=True):
    """Something that reads otherwise than before: the banner, or how a component does."""

    what: str
    before: str
    after: str


class Letter(Struct, frozen=True, kw_only=True):
    """A mail that would go out; `readers` is None where it is not known who reads."""

    subject: str
    text: str
    readers: int | None
    channels: tuple[str, ...]


class Comparison(Struct, frozen=True, kw_only=True):
    """All that two revisions differ in; the site is the later one's."""

    turns: tuple[Turn, ...]
    letters: tuple[Letter, ...]
    entries: tuple[Change, ...]
    pages: tuple[Change, ...]
    feeds: tuple[Change, ...]
    data: tuple[Change, ...]
    files: tuple[Change, ...]

    @property
    def is_empty(self) -> bool:
        """Whether customers get the same as before."""
        return not any((self.letters, self.entries, self.pages, self.feeds, self.data, self.files))


class _Side:
    """One of two revisions: what the public is shown of it."""

    def __init__(self, root: Path, public: Path, moment: Moment) -> None:
        self.content: Recalled = recall(root, public, moment)
        view, plan = self.content.draft(moment)
        self.view: SiteView = view
        self.parts: tuple[Artifact | Bundle, ...] = (*plan,)
        self.present: Present = self.content.present(moment)

    @property
    def theme(self) -> Theme:
        return self.content.theme


def diff(
    root: Path, base: str, head: str, moment: Moment, source: Source | None = None
) -> Comparison:
    """Compare two revisions of a site at a moment; without a head, one with what lies there now.

    `source` are the subscribers. Raises GitError, DiffError where the base cannot be read, and
    ContentErrors where the head cannot.
    """
    public = root / "public"
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        extract(root, base, PLACES, folders[0])
        if head:
            extract(root, head, PLACES, folders[1])
        try:
            before = _Side(folders[0], public, moment)
        except ContentErrors as error:
            message = (
                f"{base} cannot be compared with, since it cannot be read: {error.problems[0]}"
            )
            raise DiffError(message) from None
        after = _Side(folders[1] if head else root, public, moment)
        return _compare(before, after, moment, source)


def _compare(before: _Side, after: _Side, moment: Moment, source: Source | None) -> Comparison:
    found: dict[str, list[Change]] = {"pages": [], "feeds": [], "data": [], "files": []}
    for kind, change in _changes(before, after):
        found[kind].append(change)
    told = {kind: tuple(sorted(some, key=lambda one: one.what)) for kind, some in found.items()}
    return Comparison(
        turns=tuple(_turns(before.view, after.view)),
        letters=tuple(_letters(before, after, moment, source)),
        entries=tuple(_entries(before.view, after.view)),
        **told,
    )


def _turns(before: SiteView, after: SiteView) -> Iterator[Turn]:
    """Tell what else the banner and the components say."""
    old, new = before.home.overall.description, after.home.overall.description
    if old != new:
        yield Turn(what="Banner", before=old, after=new)
    states: dict[str, ComponentStatus] = {one.id: one.status for one in before.brief.components}
    for one in after.brief.components:
        if one.id in states and states[one.id] != one.status:
            yield Turn(what=one.name, before=_words(states[one.id]), after=_words(one.status))


def _words(status: ComponentStatus) -> str:
    return status.replace("_", " ").capitalize()


def _entries(before: SiteView, after: SiteView) -> Iterator[Change]:
    """Tell what becomes of the entries of the feed; what is too old for it is not gone."""
    old = {one.id: one for one in before.feed.entries}
    new = {one.id: one for one in after.feed.entries}
    for name, entry in new.items():
        title = f"{entry.title} ({_words_of(entry.label)})"
        if name not in old:
            if not before.feed.entries or entry.at >= min(one.at for one in old.values()):
                yield Change(how="new", what=title)
        elif old[name] != entry:
            yield Change(how="changed", what=title)
    oldest = min((one.at for one in new.values()), default=None)
    for name, entry in old.items():
        if name not in new and (oldest is None or entry.at >= oldest):
            yield Change(how="gone", what=f"{entry.title} ({_words_of(entry.label)})")


def _words_of(label: str) -> str:
    return str(label).replace("_", " ")


def _letters(
    before: _Side, after: _Side, moment: Moment, source: Source | None
) -> Iterator[Letter]:
    """Tell the mails that would go out once the change is published, by what was told before."""
    book = Book().add(baseline(news(before.present), Book(), moment.as_of))
    config = after.content.config
    letters = Letters(after.present, after.theme)
    components = tuple(leaf.id for leaf in after.content.site.leaves)
    post = Post(letters, source, components, b"") if source else None
    for due in decide(news(after.present), book, moment.as_of, lambda _: True).due:
        severities = due.news.severities
        channels = [name for each in severities for name in config.policy.of(each).channels]
        if due.news.is_mailed or channels:
            yield _letter(letters, due, post, tuple(dict.fromkeys(channels)))


def _letter(letters: Letters, due: Due, post: Post | None, channels: tuple[str, ...]) -> Letter:
    mail = message_from_bytes(letters.mail(due, letters.language("")), policy=default)
    body = mail.get_body(("plain",))
    count = sum(1 for _ in post.parcels(due)) if post and due.news.is_mailed else None
    return Letter(
        subject=str(mail["Subject"]),
        text=body.get_content() if body else "",
        readers=count if due.news.is_mailed else 0,
        channels=channels,
    )


def _changes(before: _Side, after: _Side) -> Iterator[tuple[str, Change]]:
    """Tell the files that appear, change or go; what is made from the same is not rendered."""
    tool = tool_digest()
    old, new = _found(before, after, tool), _found(after, before, tool)
    for path in old.keys() | new.keys():
        if path not in new:
            yield _kind(old[path][1]), Change(how="gone", what=_address(path))
        elif path not in old:
            yield _kind(new[path][1]), Change(how="new", what=_address(path))
        elif old[path][0] != new[path][0]:
            earlier, later = old[path][1], new[path][1]
            if earlier.data(before.theme) != later.data(after.theme):
                yield _kind(later), Change(how="changed", what=_address(path))


def _address(path: str) -> str:
    """Tell a file by its address below the site."""
    return f"/{path.removesuffix('index.html')}"


def _found(side: _Side, other: _Side, tool: str) -> Mapping[str, tuple[str, Artifact]]:
    """Tell the files of a side with their fingerprints, but for bundles that both have alike."""
    alike = {
        (one.folder, one.name): bundle_fingerprint(one, other.theme, tool)
        for one in other.parts
        if isinstance(one, Bundle)
    }
    found: dict[str, tuple[str, Artifact]] = {}
    for one in side.parts:
        if isinstance(one, Bundle):
            if alike.get((one.folder, one.name)) == bundle_fingerprint(one, side.theme, tool):
                continue
            artifacts = [*one.artifacts()]
        else:
            artifacts = [one]
        for artifact in artifacts:
            if artifact.folder == Folder.PUBLIC:
                found[artifact.path] = fingerprint(artifact, side.theme, tool), artifact
    return found


def _kind(artifact: Artifact) -> str:
    return _KINDS.get(artifact.render.__module__.rpartition(".")[2], "files")
