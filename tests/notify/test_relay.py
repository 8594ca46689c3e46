"""Mails go to a real relay: each once, whatever it refuses, delays or drops."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from statusgen.notify.delivery import Answer, Outcome, Pace, Parcel, deliver
from statusgen.notify.relay import Relay, RelayError, Security, read_relay
from tests.notify.sink import PASSWORD, USER, FakeClock, Faults, certificate, sink
from tests.worlds import at

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NOW = at("2026-01-02 18:00")
SENDER = "status@example.com"
MAIL = b"Subject: Hi\r\n\r\n.\r\nA line.\r\n"


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody has signed."""
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def trusted(pem: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, which this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(pem.with_suffix(".crt")))
    return pem


def relay(
    port: int, scheme: str = "smtp", host: str = "localhost", password: str = PASSWORD
) -> Relay:
    """Give a relay on this machine."""
    user = "" if scheme == Security.NONE else USER
    return read_relay(f"{scheme}://{host}:{port}", SENDER, user, password)


def parcels(addresses: Iterable[str]) -> list[Parcel]:
    """Give a mail for each address."""
    return [
        Parcel(mark=f"{number:032x}", label=f"list:{number}", to=address, write=lambda: MAIL)
        for number, address in enumerate(addresses, 1)
    ]


def send(
    to: Relay, addresses: Iterable[str], clock: FakeClock | None = None, **pace: object
) -> dict[str, Answer]:
    """Send to all; give the answers by address."""
    clock = clock or FakeClock(NOW)
    found: dict[str, Answer] = {}
    given = {"until": NOW + timedelta(hours=1), "connections": 2} | pace
    deliver(
        iter(parcels(addresses)),
        to.connect,
        clock,
        Pace(**given),  # type: ignore[arg-type] # each has the type of its field
        lambda finished: found.update({parcel.to: answer for parcel, answer in finished}),
    )
    return found


def some(word: str, count: int) -> list[str]:
    """Give so many addresses."""
    return [f"{word}-{number}@example.com" for number in range(count)]


TAKEN = Answer(Outcome.TAKEN)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_secret_connection(trusted: Path, scheme: str) -> None:
    """By STARTTLS and by TLS, with a login, a mail arrives byte for byte."""
    faults = Faults()
    with sink(faults, trusted, is_tls=scheme == "smtps") as port:
        assert send(relay(port, scheme), ["ada@example.com"]) == {"ada@example.com": TAKEN}
    assert faults.taken == [("ada@example.com", MAIL)]


def test_a_stranger(pem: Path) -> None:
    """A relay whose certificate is not trusted gets neither user nor mail."""
    faults = Faults()
    with sink(faults, pem) as port, pytest.raises(RelayError) as caught:
        send(relay(port), some("ada", 3))
    assert str(caught.value) == "the relay localhost is not who it says: self-signed certificate"
    assert faults.taken == []


def test_another_name(trusted: Path) -> None:
    """Nor does one whose certificate is for another name."""
    with sink(Faults(), trusted) as port, pytest.raises(RelayError, match="is not who it says"):
        send(relay(port, host="127.0.0.1"), some("ada", 1))


def test_no_encryption() -> None:
    """Nor does one that cannot encrypt, unless its address says that this is wanted."""
    faults = Faults()
    with sink(faults) as port:
        with pytest.raises(RelayError, match="the relay localhost encrypts nothing"):
            send(relay(port), some("ada", 1))
        assert faults.taken == []
        assert send(relay(port, "smtp+insecure"), ["ada@example.com"]) == {"ada@example.com": TAKEN}


def test_no_tls() -> None:
    """A port that speaks no TLS is told, not tried again and again."""
    with sink(Faults()) as port, pytest.raises(RelayError, match="speaks no TLS on port"):
        send(relay(port, "smtps"), some("ada", 1))


def test_a_wrong_password(trusted: Path) -> None:
    """A login that is refused ends everything, without naming it."""
    with sink(Faults(), trusted) as port, pytest.raises(RelayError) as caught:
        send(relay(port, password="wrong"), some("ada", 5))  # noqa: S106 - it is wrong
    assert str(caught.value) == "the relay localhost refuses our user: 535"


def test_an_unknown_host() -> None:
    """A host that there is not is told."""
    with pytest.raises(RelayError, match=r"the relay relay\.invalid is not known"):
        send(read_relay("smtp://relay.invalid", SENDER), some("ada", 1))


def test_one_bad_address_stops_nobody() -> None:
    """Who is refused is refused once, with numbers alone; all others have their mail."""
    faults = Faults()
    good = some("ada", 20)
    with sink(faults) as port:
        addresses = [
            *good[:10],
            *some("gone", 2),
            "spam@example.com",
            "full@example.com",
            *good[10:],
        ]
        answers = send(relay(port, "smtp+insecure"), addresses)
    assert faults.readers == sorted(good)
    assert {each: answers[each] for each in answers if each not in good} == {
        "gone-0@example.com": Answer(Outcome.REFUSED, "550 5.1.1"),
        "gone-1@example.com": Answer(Outcome.REFUSED, "550 5.1.1"),
        "spam@example.com": Answer(Outcome.REFUSED, "554 5.7.1"),
        "full@example.com": Answer(Outcome.REFUSED, "552 5.2.2"),
    }
    assert faults.sent == len(addresses)


def test_what_is_delayed() -> None:
    """What is not taken yet is tried again after growing pauses, and taken once."""
    faults, clock = Faults(), FakeClock(NOW)
    with sink(faults) as port:
        answers = send(relay(port, "smtp+insecure"), [*some("grey", 3), "never@example.com"], clock)
    assert faults.readers == some("grey", 3)
    assert answers["never@example.com"] == Answer(Outcome.LATER, "451 4.7.1")
    assert clock.time - NOW >= timedelta(seconds=1 + 5 + 30 + 120 + 300)
    assert [round(each) for each in clock.waited if each > 1] == [5, 30, 120, 300]


def test_a_lost_connection() -> None:
    """A connection that is lost is taken up again, and nobody misses a mail."""
    faults = Faults(drop_every=7)
    addresses = [*some("ada", 40), "drop@example.com", "tear@example.com"]
    with sink(faults) as port:
        answers = send(relay(port, "smtp+insecure"), addresses)
    assert set(answers.values()) == {TAKEN}
    assert faults.readers == sorted(addresses)


def test_many_over_one_connection() -> None:
    """Many mails go over each connection."""
    faults = Faults()
    with sink(faults) as port:
        send(relay(port, "smtp+insecure"), some("ada", 50))
    assert faults.connections <= 2
    assert len(faults.taken) == 50


def test_a_relay_that_is_down() -> None:
    """A relay that does not answer is waited for until the time is up; then nobody was reached."""
    faults = Faults()
    with sink(faults) as port:
        pass
    clock = FakeClock(NOW)
    answers = send(
        relay(port, "smtp+insecure"), some("ada", 3), clock, until=NOW + timedelta(minutes=2)
    )
    assert {answer.outcome for answer in answers.values()} == {Outcome.LATER}
    assert clock.time - NOW <= timedelta(minutes=2)


def test_a_bound_on_the_rate() -> None:
    """No more mails go out in a minute than are allowed."""
    faults, clock = Faults(), FakeClock(NOW)
    with sink(faults) as port:
        send(relay(port, "smtp+insecure"), some("ada", 31), clock, per_minute=60)
    assert clock.time - NOW == timedelta(seconds=31)


def test_a_bound_on_the_time() -> None:
    """What there is no time for is told as not reached."""
    faults, clock = Faults(), FakeClock(NOW)
    with sink(faults) as port:
        answers = send(
            relay(port, "smtp+insecure"),
            some("ada", 20),
            clock,
            per_minute=60,
            until=NOW + timedelta(seconds=10),
        )
    assert len(faults.taken) == 10
    late = [each for each in answers.values() if each.outcome == Outcome.LATER]
    assert late == [Answer(Outcome.LATER, "no time was left")] * 10


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "--relay is missing: by which server do mails go, like smtp://mail.example.com?"),
        ("mail.example.com", "the relay is no address: write it like smtp://mail.example.com:587"),
        (
            "https://example.com",
            "the relay is no address: write it like smtp://mail.example.com:587",
        ),
        ("smtp://example.com:x", "the relay's port is none"),
        (
            "smtp://ada:secret@example.com",
            "the relay's address holds a user: give user and password in the environment",
        ),
    ],
)
def test_no_relay(url: str, message: str) -> None:
    """What is no address of a relay is told, without showing it."""
    with pytest.raises(RelayError) as caught:
        read_relay(url, SENDER)
    assert str(caught.value) == message


@pytest.mark.parametrize(("scheme", "port"), [("smtp", 587), ("smtps", 465), ("smtp+insecure", 25)])
def test_usual_ports(scheme: str, port: int) -> None:
    """Each way to connect has its usual port."""
    assert read_relay(f"{scheme}://mail.example.com", SENDER).port == port
