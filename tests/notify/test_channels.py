"""Channels are told what the policy says, by apprise, each once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from statusgen.config import DEFAULT_POLICY
from statusgen.notify import Summary
from statusgen.notify.channels import ChannelError, read_channels
from statusgen.notify.ledger import FileLedger
from tests.notify.places import FOUND, SECOND, SITE, Place
from tests.notify.receiver import receiver
from tests.worlds import Files, parse

if TYPE_CHECKING:
    from pathlib import Path

# Apprise asks for it where Python still has it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

POLICY: Files = {
    "content/policy.yml": """
        severities:
          SEV-1: {channels: [chat, oncall]}
          SEV-2: {channels: chat}
    """
}


def told_by(tmp_path: Path, place: Place, channels: str) -> Summary:
    """Run once."""
    return place.desk(FileLedger(tmp_path / "ledger.jsonl"), channels=channels).send()


def test_by_severity(tmp_path: Path) -> None:
    """The channels of the severity are told title, text and where to read on; no others are."""
    with receiver() as hooks:
        url = hooks.url.replace("http://", "json://")
        channels = f"chat {url}/chat\noncall {url}/oncall\n"
        place = Place(tmp_path / "site").write(SITE | POLICY)
        told_by(tmp_path, place, channels)
        place.write({"content/incidents/api.md": FOUND})
        assert told_by(tmp_path, place, channels) == Summary(news=1, taken=1)
        assert told_by(tmp_path, place, channels) == Summary()
        (request,) = hooks.requests
    assert request.path.rstrip("/") == "/chat"
    told = json.loads(request.body)
    assert told["title"] == "[Identified] The API is slow"
    assert told["message"] == (
        "Identified: The API is slow\n2 January 2026, 17:08 UTC\n\nA pool is empty.\n\n"
        f"https://status.example.com/incidents/api/#{SECOND}"
    )


def test_one_that_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A channel that takes nothing is not reached, and its address is shown nowhere."""
    with receiver() as hooks:
        channels = (
            f"chat {hooks.url.replace('http://', 'json://')}/500/secret\noncall json://x.invalid"
        )
        place = Place(tmp_path / "site").write(SITE | POLICY)
        told_by(tmp_path, place, channels)
        place.write({"content/incidents/api.md": FOUND})
        assert told_by(tmp_path, place, channels) == Summary(news=1, unreached=1)
    assert place.warned == ["channel chat: not reached: took nothing"]
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "chad json://x.example\noncall json://x.example",
            "policy.yml names the channel 'chat', which has no address; did you mean 'chad'?",
        ),
        ("chat\n", "the channel on line 1 has no address: write `name address`"),
        (
            "chat json://x.example\noncall nowhere://x",
            "the address of the channel 'oncall' is none that apprise knows",
        ),
    ],
)
def test_no_channel(text: str, message: str) -> None:
    """A channel without an address, or with one that is none, is told by its name."""
    config, _ = parse(POLICY)
    with pytest.raises(ChannelError) as caught:
        read_channels(text, config.policy)
    assert str(caught.value) == message


def test_without_channels() -> None:
    """Unless the policy names one there is none."""
    assert DEFAULT_POLICY.channels == ()
    assert read_channels("", DEFAULT_POLICY) == ()
