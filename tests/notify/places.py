"""A site that has news, its subscribers, and a desk from which they are told."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING

from statusgen.notify import Office, Voice, Wish, from_text
from tests.notify.sink import FakeClock
from tests.worlds import INCIDENT, MINIMAL, Files, at, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from statusgen.notify.desk import Desk
    from statusgen.notify.ledger import Ledger

KEY = "0123456789abcdef"
NOW = at("2026-01-02 17:10")
FOUND = f"{INCIDENT}\n[IDENTIFIED] A *pool* is empty.\nUpdated: 17:08 UTC\n"
"""An incident with two updates, the second of which is news."""
FIRST, SECOND = "incident-api-20260102T1705Z", "incident-api-20260102T1708Z"

SITE: Files = MINIMAL | {
    "content/site.yml": """
        title: Example
        url: https://status.example.com/
        since: 2026-01-01
        languages: [en, tr]
        mail:
          unsubscribe: https://example.com/unsubscribe
    """,
    "content/incidents/api.md": INCIDENT,
}


class Place:
    """A site in a folder, told from time to time."""

    def __init__(self, root: Path, port: int = 0, now: datetime = NOW) -> None:
        self.root, self.port = root, port
        self.clock = FakeClock(now)
        self.said: list[str] = []
        self.warned: list[str] = []
        self.rows: Sequence[str] = ()

    def write(self, files: Files) -> Place:
        """Write files of the site."""
        write(self.root, files)
        return self

    def subscribe(self, rows: Iterable[str]) -> Place:
        """Put rows of address, language, components, severities and unsubscribe on the list."""
        self.rows = list(rows)
        return self

    def office(self, *, is_sending: bool = True, **more: object) -> Office:
        """Read the site as it is now."""
        text = "\n".join(("address,language,components,severities,unsubscribe", *self.rows))
        wish: dict[str, object] = {
            "source": from_text("list", text) if self.rows else None,
            "relay": f"smtp+insecure://127.0.0.1:{self.port}",
            "key": KEY,
        }
        return Office(
            self.root,
            Wish(**wish | more),  # type: ignore[arg-type] # each has the type of its field
            self.clock,
            is_sending=is_sending,
        )

    def desk(self, ledger: Ledger, by: str = "me", **more: object) -> Desk:
        """Open the desk."""
        voice = Voice(say=self.said.append, warn=self.warned.append, show=lambda _: None)
        return self.office(**more).desk(ledger, voice, by)  # type: ignore[arg-type] # as above


def read(mail: bytes) -> EmailMessage:
    """Read a mail as a mail program does."""
    message = message_from_bytes(mail, policy=policy.default)
    assert isinstance(message, EmailMessage)
    for part in message.walk():
        assert not part.defects
    return message
