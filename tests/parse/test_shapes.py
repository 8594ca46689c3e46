"""Values as the model wants them, from the words that people write."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from statusgen.model import ComponentStatus, Impact, Severity
from statusgen.parse import shapes
from statusgen.parse.nodes import Mapping, Place, Scalar, Unreadable, read_yaml
from statusgen.parse.shapes import Key, Reader, Shape

if TYPE_CHECKING:
    from statusgen.errors import Problem


def read(reader: Reader[Any], text: str) -> tuple[Any, list[str]]:
    """Read the value of `key:`, and tell what is said of it."""
    problems: list[Problem] = []
    place = Place(path="a.yml", problems=problems)
    node = read_yaml(f"key: {text}\n", place)
    assert isinstance(node, Mapping)
    value = None
    try:
        value = reader(node.entries[0][1], place.at("key"))
    except Unreadable:
        assert problems
    return value, [str(problem).removeprefix("a.yml:") for problem in problems]


@pytest.mark.parametrize(
    ("reader", "text", "value"),
    [
        (shapes.flag, "yes", True),
        (shapes.flag, "False", False),
        (shapes.severity, "SEV-2", Severity.SEV_2),
        (shapes.severity, "sev 2", Severity.SEV_2),
        (shapes.severity, "Sev2", Severity.SEV_2),
        (shapes.Choice(ComponentStatus), "Major outage", ComponentStatus.MAJOR_OUTAGE),
        (shapes.Choice(ComponentStatus), "major-outage", ComponentStatus.MAJOR_OUTAGE),
        (shapes.line, '"Queue #1: late"', "Queue #1: late"),
        (shapes.word, "SEV-2  # as agreed", "SEV-2"),
        (shapes.name, "story-generation", "story-generation"),
        (shapes.day, "2026-01-02", date(2026, 1, 2)),
        (shapes.span, "15 min", timedelta(minutes=15)),
        (shapes.zone, "Europe/Berlin", "Europe/Berlin"),
        (shapes.zone, "gmt", "UTC"),
        (shapes.language, "pt-BR", "pt-BR"),
        (shapes.url, "https://example.com:8080/a", "https://example.com:8080/a"),
        (shapes.fraction, "0.3", 0.3),
        (shapes.fraction, "1", 1.0),
        (shapes.Several(shapes.word), "[a, b]", ("a", "b")),
        (shapes.Several(shapes.word), "[]", ()),
        (shapes.OneOrSeveral(shapes.word), "a", ("a",)),
    ],
)
def test_a_value_is_read_as_people_write_it(reader: Reader[Any], text: str, value: object) -> None:
    """Any case, blank or hyphen for an underscore, comments behind single words."""
    assert read(reader, text) == (value, [])


@pytest.mark.parametrize(
    ("reader", "text", "message"),
    [
        (shapes.line, "Queue #1 late", "YAML drops '#1 late' as a comment: put the text in quotes"),
        (shapes.line, '"a\\nb"', "must be one line"),
        (shapes.line, "", "is empty: give it a value, or remove the line"),
        (shapes.line, '" "', "is empty: give it a value, or remove the line"),
        (shapes.line, "[a]", "must be a text, not a list: put it in quotes if it is one"),
        (
            shapes.line,
            "{a: b}",
            "must be a text, not keys with values: put it in quotes if it is one",
        ),
        (shapes.flag, "maybe", "'maybe' is not true or false"),
        (shapes.severity, "SEV-5", "'SEV-5' is not one of SEV-1, SEV-2, SEV-3, SEV-4"),
        (shapes.fraction, "1.5", "'1.5' is not a number from 0 to 1, like 0.3"),
        (shapes.fraction, "nan", "'nan' is not a number from 0 to 1, like 0.3"),
        (shapes.zone, "UTC+3", "'UTC+3' is an offset: name the zone, like Europe/Istanbul"),
        (
            shapes.url,
            "javascript:alert(1)",
            "'javascript:alert(1)' is not an address: write it like https://example.com/",
        ),
        (
            shapes.url,
            '"https://[x"',
            "'https://[x' is not an address: write it like https://example.com/",
        ),
        (
            shapes.name,
            "Über",
            "'Über' is not a plain name: use small letters, digits and single hyphens",
        ),
    ],
)
def test_a_mistaken_value_is_told(reader: Reader[Any], text: str, message: str) -> None:
    """With its cause, and what would be right."""
    assert read(reader, text) == (None, [f"1: key: {message}"])


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("up", "operational"),
        ("OK", "operational"),
        ("green", "operational"),
        ("maintenance", "under_maintenance"),
        ("degraded", "degraded_performance"),
        ("slow", "degraded_performance"),
        ("yellow", "degraded_performance"),
        ("outage", "major_outage"),
        ("Down", "major_outage"),
        ("broken", "major_outage"),
        ("red", "major_outage"),
        ("partial", "partial_outage"),
        ("major", "major_outage"),
        ("major_outtage", "major_outage"),
    ],
)
def test_a_status_by_another_word_is_told_by_ours(word: str, meant: str) -> None:
    """What other pages call it, beside what was misspelt."""
    words = ", ".join(ComponentStatus)
    message = f"'{word}' is not one of {words}; did you mean '{meant}'?"
    assert read(shapes.Choice(ComponentStatus), word) == (None, [f"1: key: {message}"])


def test_a_word_for_a_status_is_suggested_for_nothing_else() -> None:
    """An impact is no component's status."""
    message = "'down' is not one of none, minor, major, critical"
    assert read(shapes.Choice(Impact), "down") == (None, [f"1: key: {message}"])


def test_every_mistake_of_a_list_is_told() -> None:
    """Each at its own item."""
    _, told = read(shapes.Several(shapes.flag), "[maybe, yes, perhaps]")
    assert told == [
        "1: key[0]: 'maybe' is not true or false",
        "1: key[2]: 'perhaps' is not true or false",
    ]


SHAPE: Shape = {
    "title": Key(read=shapes.line, required=True),
    "at": Key(read=shapes.line, required=True, also="updated"),
    "draft": Key(read=shapes.flag),
}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{title: a, at: b}", []),
        ("{title: a}", ["1: key.at: is missing: add at:"]),
        ("{titel: a, at: b}", ["1: key.titel: unknown key 'titel'; did you mean 'title'?"]),
        ("{title: a, updated: b}", ["1: key.updated: unknown key 'updated'; did you mean 'at'?"]),
        (
            "{title: a, at: b, colour: c}",
            ["1: key.colour: unknown key 'colour': the keys here are title, at, draft"],
        ),
        ("{title: a, at: b, at: c}", ["1: key.at: stands a second time: keep one"]),
        ("{title: , at: b}", ["1: key.title: is empty: give it a value, or remove the line"]),
        ("[title]", ["1: key: must be keys with values: title, at, draft"]),
    ],
)
def test_keys_are_held_to_their_shape(text: str, told: list[str]) -> None:
    """What is misspelt, repeated or mistaken is not told as missing too."""
    assert read(shapes.Keys(SHAPE), text)[1] == told


def test_the_nearest_key_is_the_one_that_was_meant() -> None:
    """A misspelt key counts as named, so that it is told once."""
    entry = (Scalar(text="Titel", line=1), Scalar(text="a", line=1))
    node = Mapping(entries=(entry,), line=1)
    assert shapes.is_named(node, "title", SHAPE)
    assert not shapes.is_named(node, "at", SHAPE)
