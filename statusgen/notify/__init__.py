"""Telling people: which updates are news, and each to each reader once."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from statusgen.errors import StatusgenError
from statusgen.model import Moment
from statusgen.notify.branch import BranchLedger
from statusgen.notify.channels import Channels, read_channels
from statusgen.notify.delivery import Pace
from statusgen.notify.desk import Desk, Route, Summary, Voice
from statusgen.notify.ledger import FileLedger, Ledger
from statusgen.notify.letters import Letters
from statusgen.notify.news import news
from statusgen.notify.post import Post
from statusgen.notify.relay import read_relay
from statusgen.notify.subscribers import (
    Mistake,
    Source,
    SubscribersError,
    from_path,
    from_text,
    read_subscribers,
)
from statusgen.notify.webhook import Webhooks, read_secret, read_webhooks
from statusgen.reading import recall

if TYPE_CHECKING:
    from statusgen.notify.delivery import Clock
    from statusgen.notify.due import Due

__all__ = [
    "Desk",
    "NotifyError",
    "Office",
    "SubscribersError",
    "Summary",
    "Voice",
    "Wish",
    "from_path",
    "from_text",
    "open_ledger",
]

_GIT = "git:"
_SHORTEST = 16
"""How many characters the key has at least, with which readers are hashed."""
_PREVIEWS = "due"
_PUBLISHED = "public"
"""The folder whose build knows the history, if it is published from here."""


class NotifyError(StatusgenError):
    """Something that telling people needs is missing."""


class Wish(Struct, frozen=True, kw_only=True):
    """Whom to tell, and how; what is empty is not there.

    `key` makes hashes of readers, `webhooks` and `channels` are lists, a line each.
    """

    source: Source | None = None
    relay: str = ""
    user: str = ""
    password: str = ""
    key: str = ""
    webhooks: str = ""
    secret: str = ""
    channels: str = ""
    connections: int = 4
    per_minute: int = 0
    within: timedelta = timedelta(minutes=20)


def open_ledger(root: Path, where: str) -> Ledger:
    """Open a ledger: a file, or `git:REMOTE/BRANCH` of the site's repository."""
    if not where.startswith(_GIT):
        return FileLedger(Path(where))
    remote, _, branch = where.removeprefix(_GIT).partition("/")
    if not (re.fullmatch(r"\w[\w.-]*", remote) and re.fullmatch(r"\w[\w./-]*", branch)):
        message = f"{where!r} is no branch of a remote: write it like git:origin/statusgen-ledger"
        raise NotifyError(message)
    return BranchLedger(root, remote, branch)


class Office:
    """A site, and the ways to tell what it tells; `is_sending` where more than a look is wanted."""

    def __init__(self, root: Path, wish: Wish, clock: Clock, *, is_sending: bool) -> None:
        self.wish, self.clock = wish, clock
        moment = Moment(as_of=clock.instant(), is_clock=True)
        content = recall(root, root / _PUBLISHED, moment)
        present = content.present(moment)
        self.standing = news(present)
        self.letters = Letters(present, content.theme)
        self.components = tuple(leaf.id for leaf in content.site.leaves)
        self.post: Post | None = None
        self.routes = self._routes(is_sending=is_sending)

    def look_through(self) -> tuple[list[Mistake], int]:
        """Tell what is wrong with the list of subscribers, and how many of them can be told."""
        if self.wish.source is None:
            return [], 0
        mistakes, readers = [], 0
        for one in read_subscribers(self.wish.source, self.components):
            if isinstance(one, Mistake):
                mistakes.append(one)
            else:
                readers += 1
        return mistakes, readers

    def desk(self, ledger: Ledger, voice: Voice, by: str) -> Desk:
        """Open the desk from which all of it is sent."""
        wish = self.wish
        pace = Pace(
            until=self.clock.instant() + wish.within,
            connections=wish.connections,
            per_minute=wish.per_minute,
        )
        return Desk(
            self.standing, self.routes, ledger, clock=self.clock, pace=pace, voice=voice, by=by
        )

    def write_previews(self, outbox: Path, due: list[Due]) -> int:
        """Write the mails that would be sent, one in each language; give their number."""
        folder = outbox / _PREVIEWS
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.eml"):
            old.unlink()
        names = [
            (one, language)
            for one in due
            if self.post and one.news.is_mailed
            for language in self.post.languages(one)
        ]
        for one, language in names:
            mail = self.letters.mail(one, language)
            (folder / f"{one.key}.{language}.eml").write_bytes(mail)
        return len(names)

    def _routes(self, *, is_sending: bool) -> tuple[Route, ...]:
        wish = self.wish
        routes: list[Route] = []
        if wish.channels or self.letters.present.config.policy.channels:
            policy = self.letters.present.config.policy
            channels = read_channels(wish.channels, policy)
            routes.append(Channels(self.letters, channels, self._key(is_sending=is_sending)))
        if wish.webhooks:
            hooks, secret = read_webhooks(wish.webhooks), read_secret(wish.secret)
            key = self._key(is_sending=is_sending)
            routes.append(Webhooks(self.letters, hooks, secret, key, self.clock))
        if wish.source:
            key = self._key(is_sending=is_sending)
            self.post = Post(self.letters, wish.source, self.components, key)
            if is_sending:
                sender = self.letters.sender
                self.post.relay = read_relay(wish.relay, sender, wish.user, wish.password)
            routes.append(self.post)
        return tuple(routes)

    def _key(self, *, is_sending: bool) -> bytes:
        if is_sending and len(self.wish.key) < _SHORTEST:
            message = f"STATUSGEN_KEY is missing or too short: it needs {_SHORTEST} characters"
            raise NotifyError(message)
        return self.wish.key.encode()
