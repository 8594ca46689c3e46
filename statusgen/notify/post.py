"""Mail: one message for each subscriber, in their language."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from statusgen.notify.delivery import Parcel
from statusgen.notify.subscribers import Subscriber, mark_of, read_subscribers
from statusgen.renderers.email import addressed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from statusgen.notify.delivery import Session
    from statusgen.notify.due import Due
    from statusgen.notify.letters import Letters
    from statusgen.notify.news import News
    from statusgen.notify.relay import Relay
    from statusgen.notify.subscribers import Source

KIND = "mail"


class Post:
    """Mails by a relay to the subscribers of a list, which is read as they are sent."""

    name = KIND

    def __init__(
        self,
        letters: Letters,
        source: Source,
        components: Sequence[str],
        key: bytes,
        relay: Relay | None = None,
    ) -> None:
        self.letters, self.source, self.components = letters, source, components
        self.key, self.relay = key, relay

    def reaches(self, one: News) -> bool:
        return one.is_mailed

    def parcels(self, due: Due) -> Iterator[Parcel]:
        for one in self.readers():
            if one.wants(due.news):
                # Written here, by one thread, and only addressed by those that send it.
                mail = self.letters.mail(due, self.letters.language(one.language))
                mark = mark_of(self.key, KIND, one.address)
                yield Parcel(
                    mark=mark,
                    label=f"{self.source.name}:{one.line}",
                    to=one.address,
                    write=partial(addressed, mail, one.address, mark, one.unsubscribe),
                )

    def readers(self) -> Iterator[Subscriber]:
        """Tell the subscribers; what is wrong with the list was told before."""
        found = read_subscribers(self.source, self.components)
        return (one for one in found if isinstance(one, Subscriber))

    def languages(self, due: Due) -> list[str]:
        """Tell the languages in which news would be sent."""
        wanted = (one.language for one in self.readers() if one.wants(due.news))
        return sorted({self.letters.language(each) for each in wanted})

    def connect(self) -> Session:
        assert self.relay is not None  # noqa: S101 - who sends nothing needs none
        return self.relay.connect()
