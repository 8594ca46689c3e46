"""Channels: chats and the like, by apprise, which knows how to speak to each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from statusgen.errors import StatusgenError, nearest
from statusgen.notify.delivery import Answer, Outcome, Parcel
from statusgen.notify.letters import Brief
from statusgen.notify.subscribers import mark_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from statusgen.config import Policy
    from statusgen.notify.delivery import Session
    from statusgen.notify.due import Due
    from statusgen.notify.letters import Letters
    from statusgen.notify.news import News

KIND = "channel"


class ChannelError(StatusgenError):
    """A channel has no address, or one that apprise does not know."""


class Channel(Struct, frozen=True, kw_only=True):
    """A chat: the name by which policy and output call it, and its address, which is secret."""

    name: str
    url: str


def read_channels(text: str, policy: Policy) -> tuple[Channel, ...]:
    """Read channels, a name and an address on each line: all that the policy names."""
    found: dict[str, Channel] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, *rest = line.split()[:2] or [""]
        if name and not rest:
            message = f"the channel on line {number} has no address: write `name address`"
            raise ChannelError(message)
        if name:
            found[name] = Channel(name=name, url=rest[0])
    for name in policy.channels:
        if name not in found:
            hint = nearest(name, found)
            message = f"policy.yml names the channel {name!r}, which has no address{hint}"
            raise ChannelError(message)
    for channel in found.values():
        _opened(channel)
    return tuple(found.values())


class Channels:
    """The way to the channels that the policy names."""

    name = KIND

    def __init__(self, letters: Letters, channels: Sequence[Channel], key: bytes) -> None:
        self.letters, self.channels, self.key = letters, channels, key
        self.policy = letters.present.config.policy

    def reaches(self, one: News) -> bool:
        return any(self._told(one))

    def parcels(self, due: Due) -> Iterator[Parcel]:
        words = msgspec.json.encode(self.letters.brief(due))
        for channel in self._told(due.news):
            yield Parcel(
                mark=mark_of(self.key, KIND, channel.name),
                label=f"{KIND} {channel.name}",
                to=channel.name,
                write=lambda: words,
            )

    def connect(self) -> Session:
        return _Speaker({channel.name: channel for channel in self.channels})

    def _told(self, one: News) -> Iterator[Channel]:
        """Tell the channels of the severities; maintenance, which has none, goes to all of them."""
        named = {name for severity in one.severities for name in self.policy.of(severity).channels}
        if one.is_about_work:
            named = set(self.policy.channels)
        return (channel for channel in self.channels if channel.name in named)


class _Speaker:
    def __init__(self, channels: dict[str, Channel]) -> None:
        self.channels = channels

    def send(self, parcel: Parcel) -> Answer:
        brief = msgspec.json.decode(parcel.write(), type=Brief)
        is_taken = _opened(self.channels[parcel.to]).notify(title=brief.title, body=brief.text)
        return Answer(Outcome.TAKEN) if is_taken else Answer(Outcome.LATER, "took nothing")

    def close(self) -> None:
        """Every connection is closed already."""


def _opened(channel: Channel) -> Any:  # noqa: ANN401 - apprise's own, which is not always there
    try:
        import apprise  # noqa: PLC0415 - an extra, and only for who has channels
    except ImportError:
        message = "channels need apprise: pip install 'statusgen[channels]'"
        raise ChannelError(message) from None
    apprise.logger.disabled = True  # its words may hold an address
    opened = apprise.Apprise()
    if not opened.add(channel.url):
        message = f"the address of the channel {channel.name!r} is none that apprise knows"
        raise ChannelError(message)
    return opened
