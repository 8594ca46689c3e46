"""Webhooks are told everything that is public, signed, and each once."""

from __future__ import annotations

import base64
import hmac
import json
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from statusgen.notify import Summary
from statusgen.notify.ledger import FileLedger
from statusgen.notify.webhook import WebhookError, read_secret, read_webhooks, sign
from tests.notify.places import FOUND, NOW, SECOND, SITE, Place
from tests.notify.receiver import receiver
from tests.worlds import INCIDENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.notify.receiver import Receiver, Request

SECRET = "a secret of sixteen or more"  # noqa: S105 - the receiver's own


@pytest.fixture
def hooks() -> Iterator[Receiver]:
    """A receiver of webhooks."""
    with receiver() as kept:
        yield kept


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A site whose second update is news."""
    place = Place(tmp_path / "site").write(SITE)
    place.desk(FileLedger(tmp_path / "ledger.jsonl")).send()
    return place.write({"content/incidents/api.md": FOUND})


def send(place: Place, *urls: str) -> Summary:
    """Run once."""
    ledger = FileLedger(place.root.parent / "ledger.jsonl")
    return place.desk(ledger, webhooks="\n".join(urls), secret=SECRET).send()


def is_signed(request: Request, secret: bytes) -> bool:
    """Check a signature as a receiver does, by the text of standardwebhooks.com."""
    headers = request.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.body
    version, _, given = headers["webhook-signature"].partition(",")
    wanted = base64.b64encode(hmac.new(secret, signed, sha256).digest()).decode()
    return version == "v1" and hmac.compare_digest(given, wanted)


def test_what_is_posted(place: Place, hooks: Receiver) -> None:
    """A webhook is posted the page's state and the incident, as Statuspage does."""
    assert send(place, f"{hooks.url}/hook?token=x") == Summary(news=1, taken=1)
    (request,) = hooks.requests
    assert request.path == "/hook?token=x"
    assert request.headers["content-type"] == "application/json"
    told = json.loads(request.body)
    assert told["meta"] == {
        "id": SECOND,
        "event": "update",
        "url": f"https://status.example.com/incidents/api/#{SECOND}",
        "generated_at": "2026-01-02T17:08:00.000Z",
    }
    assert told["page"]["status_indicator"] == "minor"
    incident = told["incident"]
    assert (incident["name"], incident["status"], incident["impact"]) == (
        "The API is slow",
        "identified",
        "major",
    )
    assert [each["status"] for each in incident["incident_updates"]] == [
        "identified",
        "investigating",
    ]


def test_signature(place: Place, hooks: Receiver) -> None:
    """What is posted is signed with the time at which it was, and by nobody else's secret."""
    send(place, hooks.url)
    (request,) = hooks.requests
    assert int(request.headers["webhook-timestamp"]) == int(NOW.timestamp())
    assert request.headers["webhook-id"] == SECOND
    assert is_signed(request, SECRET.encode())
    assert not is_signed(request, b"another secret")


def test_the_signature_of_the_standard() -> None:
    """A signature is that of the standard's own example."""
    secret = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    assert sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_each_once(place: Place, hooks: Receiver) -> None:
    """Each webhook is told once; one that is broken is tried again, one that refuses is not."""
    urls = [f"{hooks.url}/{path}" for path in ("503/429/200", "410", "200", "302")]
    assert send(place, *urls) == Summary(news=1, taken=2, refused=2)
    assert sorted(each.path for each in hooks.requests) == [
        "/200",
        "/302",
        "/410",
        "/503/429/200",
        "/503/429/200",
        "/503/429/200",
    ]
    ids = {each.headers["webhook-id"] for each in hooks.requests}
    assert ids == {SECOND}
    assert sorted(place.warned) == ["webhook 2: refused: 410", "webhook 4: refused: 302"]
    assert send(place, *urls) == Summary()


def test_one_that_is_not_there(place: Place) -> None:
    """A webhook that gives no answer is not reached, and tried again by the next run."""
    with receiver() as gone:
        url = gone.url
    assert send(place, url) == Summary(news=1, unreached=1)
    assert place.warned == ["webhook 1: not reached: gave no answer (ConnectionRefusedError)"]


def test_what_is_not_mailed(place: Place, hooks: Receiver) -> None:
    """Webhooks are told of every public update, also of those that no severity mails."""
    text = FOUND.replace("SEV-2", "SEV-4\nvisibility: public")
    place.write({"content/incidents/api.md": text})
    assert send(place, hooks.url) == Summary(news=1, taken=1)


def test_maintenance(place: Place, hooks: Receiver) -> None:
    """A maintenance is posted with its window."""
    work = (
        "---\ntitle: New disks\ncomponents: [db]\nstarts: 2026-01-02 20:00 UTC\n"
        "ends: 2026-01-02 22:00 UTC\n---\n\n[SCHEDULED] Disks.\nUpdated: 2026-01-02 17:09 UTC\n"
    )
    place.write({"content/incidents/api.md": INCIDENT, "content/maintenance/disks.md": work})
    send(place, hooks.url)
    told = json.loads(hooks.requests[0].body)["incident"]
    assert (told["name"], told["status"]) == ("New disks", "scheduled")
    assert told["scheduled_for"] == "2026-01-02T20:00:00.000Z"


@pytest.mark.parametrize("url", ["example.com/hook", "ftp://example.com", "https://u:p@x.example"])
def test_no_address(url: str) -> None:
    """What is no address is told by its number."""
    with pytest.raises(WebhookError) as caught:
        read_webhooks(f"https://example.com/hook\n\n{url}\n")
    assert str(caught.value) == ("webhook 2 is no address: write it like https://example.com/hook")


@pytest.mark.parametrize("secret", ["", "short", "whsec_c2hvcnQ=", "whsec_?"])
def test_no_secret(secret: str) -> None:
    """A secret that can be guessed is refused."""
    state = "too short" if secret else "missing"
    with pytest.raises(WebhookError) as caught:
        read_secret(secret)
    assert str(caught.value) == f"STATUSGEN_WEBHOOK_SECRET is {state}: it needs 16 characters"
