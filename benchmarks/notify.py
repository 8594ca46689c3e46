"""How long it takes to tell many subscribers of one update: `python -m benchmarks.notify`.

The mail server is a process of its own on this machine, and says no more than the protocol asks. It
refuses one address in a hundred, delays another, and drops a connection now and then, with
`--faults`.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

import click

from benchmarks.sites import write_statusgen
from statusgen.notify import Office, Voice, Wish, from_path, open_ledger

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

SITE = """\
title: Example
url: https://status.example.com/
mail:
  unsubscribe: https://example.com/unsubscribe
"""
COMPONENTS = "- id: benchmark\n  name: API\n"
INCIDENT = """\
---
title: "[SEV-2] The API is slow"
started: {start}
components: [benchmark]
---

[INVESTIGATING] We are looking into slow answers.
Updated: {start}
"""
UPDATE = """
[IDENTIFIED] A pool of connections is used up, and [the queue](https://example.com/queue) grows.

We are making **more** of them, one server after the other:

- reading is as fast as ever,
- writing takes some seconds.

Components: benchmark=degraded_performance
Updated: {now}
"""
SPAWN = multiprocessing.get_context("spawn")
"""So that the memory of one who tells is its own."""

DROPPED = 500
"""After how many mails a connection is dropped, where faults are wanted."""


class Sink(asyncio.Protocol):
    """A mail server that takes all, or almost all; what it took it counts by address."""

    taken: ClassVar[Counter[str]] = Counter()
    delayed: ClassVar[set[str]] = set()
    has_faults = False
    seen = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.rest = b""
        self.is_mail = False
        self.to = ""
        self.say("220 sink")

    def say(self, words: str) -> None:
        self.transport.write(f"{words}\r\n".encode())

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while self.rest:
            if self.is_mail:
                mail, end, self.rest = self.rest.partition(b"\r\n.\r\n")
                if not end:
                    self.rest = mail
                    return
                self.is_mail = False
                Sink.taken[self.to] += 1
                self.say("250 taken")
            else:
                line, end, rest = self.rest.partition(b"\r\n")
                if not end:
                    return
                self.rest = rest
                self.answer(line.decode())

    def answer(self, line: str) -> None:
        match line[:4].upper():
            case "RCPT":
                self.say(self.receive(line.partition("<")[2].partition(">")[0]))
            case "DATA":
                self.is_mail = True
                self.say("354 go on")
            case "QUIT":
                self.say("221 bye")
                self.transport.close()
            case _:
                self.say("250 yes")

    def receive(self, address: str) -> str:
        self.to = address
        Sink.seen += 1
        number = int(address.partition("@")[0].rpartition("-")[2])
        if not Sink.has_faults:
            return "250 yes"
        if Sink.seen % DROPPED == 0:
            self.transport.abort()
        if number % 100 == 1:
            return "550 5.1.1 gone"
        if number % 100 == 2 and address not in Sink.delayed:  # noqa: PLR2004 - another of a hundred
            Sink.delayed.add(address)
            return "451 4.7.1 later"
        return "250 yes"


def serve(pipe: Connection, *, has_faults: bool) -> None:
    """Serve until the other end of the pipe asks what was taken."""
    Sink.has_faults = has_faults

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(pipe.recv)
        pipe.send(Sink.taken)
        server.close()

    asyncio.run(run())


class Clock:
    """The clock of this machine."""

    def instant(self) -> datetime:
        return datetime.now(UTC)

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


def write(root: Path, count: int, history: int) -> None:
    """Write the site and the list of subscribers."""
    if history:
        write_statusgen(root, history, "real")
    folder = root / "content" / "incidents"
    folder.mkdir(parents=True, exist_ok=True)
    (root / "content" / "site.yml").write_text(SITE)
    components = root / "content" / "components.yml"
    components.write_text(COMPONENTS + (components.read_text() if history else ""))
    start = datetime.now(UTC) - timedelta(minutes=5)
    (folder / "slow-api.md").write_text(INCIDENT.format(start=f"{start:%Y-%m-%d %H:%M UTC}"))
    with (root / "subscribers.csv").open("w") as file:
        file.write("address\n")
        file.writelines(f"reader-{number}@example.com\n" for number in range(count))


def publish(root: Path) -> None:
    """Build the page, as it is before anybody is told: what that knows need not be read again."""
    command = [sys.executable, "-m", "statusgen", "build", str(root)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program


def told(root: Path, port: int, connections: int) -> tuple[float, float, float]:
    """Tell everybody in a process of its own: seconds, those of the processor, and megabytes."""
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=tell, args=(there, root, port, connections))
    process.start()
    spent: tuple[float, float, float] = here.recv()
    process.join()
    return spent


def tell(there: Connection, root: Path, port: int, connections: int) -> None:
    """Tell everybody, and say what it took."""
    start, used = time.monotonic(), time.process_time()
    wish = Wish(
        source=from_path(root / "subscribers.csv"),
        relay=f"smtp+insecure://127.0.0.1:{port}",
        key="0123456789abcdef",
        connections=connections,
    )
    voice = Voice(say=click.echo, warn=lambda _: None, show=lambda _: None)
    office = Office(root, wish, Clock(), is_sending=True)
    ledger = open_ledger(root, str(root / "ledger.jsonl"))
    click.echo(office.desk(ledger, voice, "benchmark").send())
    spent = time.monotonic() - start, time.process_time() - used
    there.send((*spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def measure(given: argparse.Namespace) -> None:
    """Tell so many subscribers, and print what it took."""
    count = given.subscribers
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(
        target=serve, args=(there,), kwargs={"has_faults": given.faults}, daemon=True
    )
    process.start()
    port = here.recv()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, count, given.history)
        publish(root)
        told(root, port, given.connections)
        incident = root / "content" / "incidents" / "slow-api.md"
        incident.write_text(
            incident.read_text() + UPDATE.format(now=f"{datetime.now(UTC):%Y-%m-%d %H:%M UTC}")
        )
        publish(root)
        seconds, used, memory = told(root, port, given.connections)
    here.send("done")
    taken = here.recv()
    process.join()
    twice = sum(number > 1 for number in taken.values())
    click.echo(
        f"{count} subscribers: {len(taken)} have it, {twice} twice; {seconds:.1f} s "
        f"({used:.1f} s of the processor), {memory:.0f} MB at most"
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subscribers", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--history", type=int, default=0, help="how many incidents there are")
    parser.add_argument("--faults", action="store_true")
    given = parser.parse_args()
    measure(given)


if __name__ == "__main__":
    main()
