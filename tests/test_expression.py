"""Regular expressions that are compiled when they are first asked."""

from __future__ import annotations

import gc
import re
from importlib import import_module
from pkgutil import walk_packages
from re import _parser  # type: ignore[attr-defined] # nothing else tells what one is made of
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import statusgen
from statusgen.expression import expression

if TYPE_CHECKING:
    from collections.abc import Iterator


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


def lasting(parsed: Any) -> Iterator[Any]:  # noqa: ANN401 - as Python's parser of them has it
    """Find every part of an expression that gives nothing back once it has matched."""
    for code, value in parsed:
        inner = [each for each in _parts(value) if isinstance(each, _parser.SubPattern)]
        if str(code) in {"POSSESSIVE_REPEAT", "ATOMIC_GROUP"}:
            yield from inner
        for each in inner:
            yield from lasting(each)


def looking(parsed: Any) -> bool:  # noqa: ANN401 - as above
    """Whether anything in a part of an expression looks around."""
    inner = [each for _, given in parsed for each in _parts(given)]
    return any(str(code).startswith("ASSERT") for code, _ in parsed) or any(
        looking(each) for each in inner if isinstance(each, _parser.SubPattern)
    )


def _parts(given: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    if isinstance(given, list | tuple):
        for each in given:
            yield from _parts(each)
    else:
        yield given


def expressions() -> list[tuple[str | bytes, int]]:
    """Tell all expressions that modules make as they are imported, wherever they keep them."""
    for module in walk_packages(statusgen.__path__, "statusgen."):
        if module.name != "statusgen.__main__":
            import_module(module.name)
    kind = type(expression(""))
    found = (each for each in gc.get_objects() if isinstance(each, kind))
    return sorted({(each.pattern, each.flags) for each in found}, key=repr)


def test_what_gives_nothing_back_does_not_look_around() -> None:
    """Python before 3.11.5 finds too much, or too little, where a lasting repeat looks around."""
    found = expressions()
    assert len(found) > 50  # they were gathered at all
    assert [each for each in found if any(map(looking, lasting(_parser.parse(*each))))] == []


def test_lasting() -> None:
    """What looks around is found, however deep."""
    for text, is_found in ((r"(?:a|(?:(?<!b)c))*+", True), (r"(?:a(?!b))+", False), ("a++", False)):
        assert any(map(looking, lasting(_parser.parse(text)))) is is_found
