"""A fingerprint changes with everything that the bytes hang on, and with nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from msgspec import Struct

from statusgen.artifact import Artifact, Folder, fingerprint
from statusgen.theme import File, Theme

if TYPE_CHECKING:
    from collections.abc import Callable

AT = datetime(2026, 1, 2, 17, 5, tzinfo=UTC)


class Note(Struct, frozen=True, kw_only=True):
    """A view that a test fills with what matters to it."""

    said: object = "fine"
    at: datetime = AT


class Alarm(Struct, frozen=True, kw_only=True):
    """A view with the same fields."""

    said: object = "fine"
    at: datetime = AT


def render(view: Note, theme: Theme) -> bytes:
    """Render a view."""
    return f"{view} {theme}".encode()


def render_loudly(view: Note, theme: Theme) -> bytes:
    """Render a view in another way."""
    return f"{view}! {theme}".encode()


def theme(files: dict[str, bytes] | None = None, options: dict[str, str] | None = None) -> Theme:
    """Make a theme of these files."""
    found = {path: File(path, data) for path, data in (files or {}).items()}
    return Theme("tiny", found, options or {})


def mark(
    view: object = Note(),
    *,
    render: Callable[[Any, Theme], bytes] = render,
    theme: Theme = theme(),  # noqa: B008 - nobody changes it
    tool: str = "1",
) -> str:
    """Take the fingerprint of an artifact that shows a view."""
    return fingerprint(Artifact(path="index.html", view=view, render=render), theme, tool)


class TestFingerprint:
    """What a fingerprint sees."""

    def test_equal_views_have_one_fingerprint(self) -> None:
        """Two views that are equal, made one after the other, have the same fingerprint."""
        assert mark(Note(said=("a", 1, None))) == mark(Note(said=("a", 1, None)))

    @pytest.mark.parametrize(
        "other",
        [
            pytest.param(mark(Note(said="bad")), id="a value"),
            pytest.param(mark(Note(said=None)), id="a value that is not there"),
            pytest.param(mark(Note(said=Note())), id="a view inside"),
            pytest.param(mark(Alarm()), id="the type of the view"),
            pytest.param(mark(Note(at=AT.replace(minute=6))), id="the time"),
            pytest.param(mark(render=render_loudly), id="the render function"),
            pytest.param(mark(theme=theme({"templates/a.html": b"a"})), id="a file of the theme"),
            pytest.param(mark(theme=theme(options={"accent": "red"})), id="an option of the theme"),
            pytest.param(mark(tool="2"), id="the program"),
        ],
    )
    def test_everything_counts(self, other: str) -> None:
        """Whatever bytes can hang on changes the fingerprint."""
        assert other != mark()

    def test_type_of_what_is_nested(self) -> None:
        """Two views with the same values inside, but of another type, differ."""
        assert mark(Note(said=Note())) != mark(Note(said=Alarm()))

    def test_name_of_the_zone(self) -> None:
        """One instant in two zones differs, even if their clocks show the same: CET is not WAT."""
        berlin = AT.astimezone(ZoneInfo("Europe/Berlin"))
        lagos = AT.astimezone(ZoneInfo("Africa/Lagos"))
        assert berlin == lagos
        assert mark(Note(at=berlin)) != mark(Note(at=lagos))

    def test_text_is_not_a_number(self) -> None:
        """A text that spells a number is not the number."""
        assert mark(Note(said="1")) != mark(Note(said=1))


class TestArtifact:
    """What an artifact is unless told otherwise."""

    def test_is_public(self) -> None:
        """An artifact belongs to the published folder."""
        artifact = Artifact(path="index.html", view=Note(), render=render)
        assert artifact.folder == Folder.PUBLIC
