"""Regular expressions that are compiled when they are first asked."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen.expression import expression


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str | bytes]:
    """List what is compiled from now on."""
    told: list[str | bytes] = []
    compile_ = re.compile

    def note(text: str, flags: int = 0) -> re.Pattern[str]:
        told.append(text)
        return compile_(text, flags)

    monkeypatch.setattr(re, "compile", note)
    return told


def test_late(compiled: list[str | bytes]) -> None:
    """One is compiled when it is first asked, and not to tell its text."""
    found = expression("a+")
    assert found.pattern == "a+"
    assert compiled == []
    assert found.match("aab")
    assert compiled == ["a+"]


def test_kept(compiled: list[str | bytes]) -> None:
    """What it was asked once it answers from then on without being asked again."""
    found = expression("a+")
    assert [bool(found.fullmatch(text)) for text in ("a", "aa", "b")] == [True, True, False]
    assert compiled == ["a+"]


@given(
    st.sampled_from(["a", "A*", "^(b)|a$"]),
    st.sampled_from([0, re.IGNORECASE, re.MULTILINE]),
    st.text("abA\n"),
)
def test_same(text: str, flags: int, searched: str) -> None:
    """It finds what Python's own finds, with the same flags."""
    ours, theirs = expression(text, flags), re.compile(text, flags)
    assert ours.findall(searched) == theirs.findall(searched)
    assert ours.sub("-", searched) == theirs.sub("-", searched)
    assert (ours.groups, ours.flags) == (theirs.groups, theirs.flags)


def test_bytes() -> None:
    """It may look for bytes."""
    assert expression(rb"\xff").search(b"a\xff")


def test_wrong() -> None:
    """One that is none is told when it is first asked."""
    found = expression("(")
    with pytest.raises(re.error, match="missing"):
        found.search("")
