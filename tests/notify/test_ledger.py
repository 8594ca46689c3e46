"""Both ledgers keep what was told, whoever races and whatever breaks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from statusgen.notify.book import Book, Claim, Done, Known, LedgerError, Told, write_lines
from statusgen.notify.branch import FILE, BranchLedger
from statusgen.notify.ledger import FileLedger
from tests.repositories import git
from tests.worlds import at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from statusgen.notify.book import Line
    from statusgen.notify.ledger import Ledger

NOW = at("2026-01-02 18:00")
SOON = at("2026-01-02 18:15")
KNOWN = Known(
    key="a",
    thread="incident-api",
    id="a",
    at=NOW,
    status="resolved",
    text="aabbccdd",
    told="aabbccdd",
)


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A bare repository, as a host has it."""
    place = tmp_path / "remote.git"
    place.mkdir()
    git(place, "init", "--quiet", "--bare")
    return place


@pytest.fixture
def clone(tmp_path: Path, remote: Path) -> Callable[[], Path]:
    """Clone the bare repository once more, as each job does."""
    made: list[Path] = []

    def make() -> Path:
        made.append(tmp_path / f"clone-{len(made)}")
        git(tmp_path, "clone", "--quiet", str(remote), str(made[-1]))
        return made[-1]

    return make


@pytest.fixture(params=["file", "branch"])
def new(
    request: pytest.FixtureRequest, tmp_path: Path, clone: Callable[[], Path]
) -> Callable[[], Ledger]:
    """Open the same ledger once more, as another process does."""
    if request.param == "file":
        return lambda: FileLedger(tmp_path / "ledger.jsonl")
    return lambda: BranchLedger(clone(), "origin", "ledger")


def claim(by: str) -> Callable[[Book], Iterator[Line]]:
    """Claim the news if nobody has."""

    def decide(book: Book) -> Iterator[Line]:
        if book.is_free("a", NOW):
            yield Claim(key="a", by=by, until=SOON)

    return decide


def test_what_was_written_is_there(new: Callable[[], Ledger]) -> None:
    """What one process has written, another reads, and the first reads what comes after."""
    one, other = new(), new()
    assert one.read().lines == 0
    one.write(lambda _: [KNOWN])
    assert (
        other.write(lambda book: [Done(key="a", at=NOW, told=2)] if book.lines else []).lines == 2
    )
    assert one.read().done["a"].told == 2
    assert new().read().of(["incident-api"]) == [KNOWN]


def test_one_of_many_claims(new: Callable[[], Ledger]) -> None:
    """Of many that claim the same at once, one has it, and all agree on which."""
    ledgers = {str(number): new() for number in range(4)}
    with ThreadPoolExecutor(len(ledgers)) as pool:
        list(pool.map(lambda item: item[1].write(claim(item[0])), ledgers.items()))
    books = [ledger.read() for ledger in ledgers.values()]
    assert [book.lines for book in books] == [1] * 4
    assert len({book.claims["a"].by for book in books}) == 1
    assert sum(books[0].is_held("a", by) for by in ledgers) == 1


def test_all_that_many_write(new: Callable[[], Ledger]) -> None:
    """Of what many write at once nothing is lost."""
    ledgers = [new() for _ in range(3)]

    def told(mark: int) -> Callable[[Book], list[Line]]:
        return lambda _: [Told(key="a", to=(f"{mark:016x}",))]

    def write(number: int) -> None:
        for count in range(3):
            ledgers[number].write(told(number * 3 + count))

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(write, range(3)))
    assert new().read().counts("a") == (9, 0)


def test_a_claim_runs_out() -> None:
    """A claim holds until its time, and another may take it then."""
    book = Book().add([Claim(key="a", by="one", until=SOON)])
    assert (book.is_free("a", NOW), book.is_free("a", SOON)) == (False, True)
    assert book.is_held("a", "one")
    assert not book.add([Claim(key="a", by="other", until=SOON)]).is_held("a", "one")


def test_who_was_told() -> None:
    """Who was told and who was refused is known until all are done, and counted."""
    book = Book().add([KNOWN, Told(key="a", to=("0" * 24, "1" * 24), refused=("2" * 24,))])
    assert [book.was_told("a", mark * 24) for mark in "0123"] == [True, True, True, False]
    assert book.counts("a") == (2, 1)


@pytest.mark.parametrize("length", [1, 20, -1])
def test_a_torn_last_line(tmp_path: Path, length: int) -> None:
    """A last line that a crash has torn is as if it had not been written, and spoils no other."""
    path = tmp_path / "ledger.jsonl"
    torn = write_lines([Done(key="a", at=NOW, told=1)])[:length]
    path.write_bytes(write_lines([KNOWN]) + torn)
    assert FileLedger(path).read().done == {}
    ledger = FileLedger(path)
    ledger.write(lambda _: [Done(key="a", at=NOW, told=7)])
    assert FileLedger(path).read().done["a"].told == 7


def test_a_broken_line(tmp_path: Path) -> None:
    """A line within that is none is told with its place: nobody knows then what was told."""
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(write_lines([KNOWN]) + b"what?\n" + write_lines([KNOWN]))
    with pytest.raises(LedgerError, match=r"ledger\.jsonl:2: is no line of a ledger: "):
        FileLedger(path).read()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """A ledger that cannot be written is told by its place."""
    path = tmp_path / "none" / "ledger.jsonl"
    with pytest.raises(LedgerError, match=r"ledger\.jsonl: No such file or directory"):
        FileLedger(path).read()


def test_a_remote_that_is_not_there(clone: Callable[[], Path], remote: Path) -> None:
    """A remote that does not answer is told as git tells it."""
    ledger = BranchLedger(clone(), "origin", "ledger")
    remote.rename(remote.with_name("gone"))
    with pytest.raises(
        LedgerError, match=r"the ledger origin/ledger: .*does not appear to be a git"
    ):
        ledger.read()


def test_a_push_that_is_refused(clone: Callable[[], Path], remote: Path) -> None:
    """A push that the remote refuses for its own reasons is an error, and no race."""
    hook = remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'protected branch' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(LedgerError, match="protected branch"):
        BranchLedger(clone(), "origin", "ledger").write(lambda _: [KNOWN])


def test_the_branch_does_not_grow(clone: Callable[[], Path], remote: Path) -> None:
    """The branch has one commit and one file, and forgets who was told once all were."""
    ledger, place = BranchLedger(clone(), "origin", "ledger"), clone()
    ledger.write(lambda _: [KNOWN])
    ledger.write(lambda _: [Told(key="a", to=("5" * 24,))])
    ledger.write(lambda _: [Done(key="a", at=NOW, told=1)])
    assert git(remote, "rev-list", "--count", "ledger") == "1"
    assert git(remote, "ls-tree", "--name-only", "ledger") == FILE
    assert git(remote, "show", f"ledger:{FILE}") == (
        write_lines([KNOWN, Done(key="a", at=NOW, told=1)]).decode().strip()
    )
    assert git(place, "status", "--porcelain") == ""
    assert ledger.read().counts("a") == (0, 0)
