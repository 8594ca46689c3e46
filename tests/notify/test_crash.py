"""A run may be killed at any step: nobody is forgotten, and only what was under way is repeated."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from statusgen.notify import open_ledger
from statusgen.notify.desk import LEASE
from tests.notify.places import FOUND, SECOND, SITE, Place, read
from tests.notify.runner import AHEAD
from tests.notify.sink import Faults, sink
from tests.worlds import write

if TYPE_CHECKING:
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session

READERS = 3
LATER = int(LEASE.total_seconds()) // 60
STEPS = 1 + 3 * READERS
"""A greeting, and of each mail its address, its words, and the answer to them."""


class Killer(Faults):
    """A mail server that kills its client at a step."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step
        self.victim: subprocess.Popen[bytes] | None = None

    def count(self) -> None:
        """Count a step, and kill at the one that was wanted."""
        self.step -= 1
        if self.step == 0 and self.victim:
            os.kill(self.victim.pid, signal.SIGKILL)
            self.victim.wait()

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        self.count()
        return await super().handle_EHLO(server, session, envelope, hostname, responses)

    async def handle_RCPT(  # noqa: N802 - as above
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: object
    ) -> str:
        self.count()
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(  # noqa: N802 - as above
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.count()
        answer = await super().handle_DATA(server, session, envelope)
        self.count()
        return answer


def start(root: Path, where: str, port: int, minutes: int = 0) -> subprocess.Popen[bytes]:
    """Start a run."""
    words = ["-m", "tests.notify.runner", str(root), where, str(port), str(minutes), str(READERS)]
    return subprocess.Popen([sys.executable, *words])


def site(root: Path, where: str) -> None:
    """Write the site, its first update known, its second news."""
    place = Place(root).write(SITE).subscribe(["ada@example.com"])
    place.desk(open_ledger(root, where)).send()
    write(root, {"content/incidents/api.md": FOUND})


def check(root: Path, where: str, faults: Faults) -> None:
    """Hold what has arrived against what is promised."""
    counts = Counter(faults.readers)
    assert sorted(counts) == [f"ada-{number}@example.com" for number in range(READERS)]
    assert sum(counts.values()) <= READERS + AHEAD
    names = {read(mail)["Message-ID"] for _, mail in faults.taken}
    assert len(names) == READERS
    book = open_ledger(root, where).read()
    assert book.done[SECOND].told == READERS


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_killed_while_sending(tmp_path: Path, step: int) -> None:
    """Killed at any step of the mail protocol, the next run goes on once the claim has run out."""
    root, where = tmp_path / "site", str(tmp_path / "ledger.jsonl")
    site(root, where)
    faults = Killer(step)
    with sink(faults) as port:
        faults.victim = start(root, where, port)
        assert faults.victim.wait() == -signal.SIGKILL
        assert start(root, where, port).wait() == 0
        assert SECOND not in open_ledger(root, where).read().done
        assert start(root, where, port, LATER).wait() == 0
    check(root, where, faults)


HOOK = """\
#!/bin/sh
# Kills whoever pushes, at the push that is wanted.
cd "{folder}"
left=$(($(cat left) - 1))
echo $left > left
[ $left = 0 ] && kill -9 "$(cat victim)"
exit 0
"""


@pytest.mark.parametrize("push", [1, 2, 3])
@pytest.mark.parametrize("hook", ["pre-receive", "post-receive"])
def test_killed_while_pushing(tmp_path: Path, hook: str, push: int) -> None:
    """Killed before or after a push is taken, the next run goes on from what the branch says."""
    root, remote, where = tmp_path / "site", tmp_path / "remote.git", "git:origin/ledger"
    for words in (
        ["init", "--quiet", "--bare", str(remote)],
        ["init", "--quiet", str(root)],
        ["-C", str(root), "remote", "add", "origin", str(remote)],
    ):
        subprocess.run(["git", *words], check=True)  # noqa: S607 - the developer's git
    site(root, where)
    path = remote / "hooks" / hook
    path.write_text(HOOK.format(folder=remote), encoding="utf-8")
    path.chmod(0o755)
    (remote / "left").write_text(str(push), encoding="utf-8")
    (remote / "victim").write_text("", encoding="utf-8")
    faults = Faults()
    with sink(faults) as port:
        victim = start(root, where, port)
        (remote / "victim").write_text(str(victim.pid), encoding="utf-8")
        assert victim.wait() == -signal.SIGKILL
        assert start(root, where, port, LATER).wait() == 0
    check(root, where, faults)
