"""What a theme says of itself, in `theme.toml`, and what its options may be set to."""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec
from msgspec import Struct

from statusgen.config import ThemeLink
from statusgen.errors import ThemeError, nearest
from statusgen.expression import expression
from statusgen.theme.colours import COLOUR, ENOUGH, hardest, readable

Value = str | tuple[ThemeLink, ...]
"""What an option is set to."""

_AT = expression(r" \(at line (\d+), column \d+\)")
"""How tomllib says where a mistake is."""
_UNKNOWN = expression(r"unknown field `([^`]+)`")
_OPTION = expression(r"\$\.options\.([\w-]+)")
_NAME = expression(r"[\w-]+")


class Kind(StrEnum):
    """What an option holds: a text, a colour, the name of a file below `content/files/`, links."""

    TEXT = "text"
    COLOUR = "colour"
    FILE = "file"
    LINKS = "links"


class Option(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a theme lets a site set: a value must match `pattern`, `expects` says what that is.

    A colour must be readable on each ground that it stands `on`. The default of links is empty:
    there are none.
    """

    default: str
    kind: Kind = Kind.TEXT
    pattern: str = ".*"
    expects: str = "a text"
    on: tuple[str, ...] = ()
    description: str = ""


class Declaration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a theme says of itself, in `theme.toml`; what it lacks it takes from its `base`."""

    name: str = ""
    description: str = ""
    base: str = ""
    options: dict[str, Option] = {}


def mistake(option: Option, value: Value, published: frozenset[str] | None) -> str:
    """Say what is wrong with the value of an option, if anything is."""
    if option.kind == Kind.LINKS:
        return (
            "must be a list of links, each with title: and url:" if isinstance(value, str) else ""
        )
    if not isinstance(value, str):
        return f"must be {option.expects}, not a list"
    is_colour = option.kind != Kind.COLOUR or COLOUR.fullmatch(value)
    if not is_colour or not re.fullmatch(option.pattern, value):
        return f"{value!r} is not {option.expects}"
    if option.on:
        return _hard_to_read(value, option.on)
    if option.kind == Kind.FILE and published is not None and f"files/{value}" not in published:
        known = [path.removeprefix("files/") for path in published]
        return f"there is no file content/files/{value}{nearest(value, known)}"
    return ""


def _hard_to_read(colour: str, grounds: tuple[str, ...]) -> str:
    reached, ground = hardest(colour, grounds)
    if reached >= ENOUGH:
        return ""
    told = f"its contrast is {int(reached * 10) / 10}, text needs {ENOUGH}"
    hint = f"{readable(colour, grounds)!r} is the nearest shade that can"
    return f"{colour!r} can hardly be read on {ground}: {told}; {hint}"


def read_declaration(place: str, data: bytes) -> Declaration:
    """Read what a theme declares; its own defaults must be right as well.

    Raises ThemeError, with the line and the nearest right word.
    """
    try:
        declaration = msgspec.toml.decode(data, type=Declaration)
        for name, option in declaration.options.items():
            if wrong := _wrong(option):
                message = f"{wrong} - at `$.options.{name}`"
                raise msgspec.ValidationError(message)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"{place}:{_told(str(error), data)}"
        raise ThemeError(message) from error
    return declaration


def _wrong(option: Option) -> str:
    """Say what is wrong with an option as it is declared, if anything is."""
    is_right = not option.default
    if option.kind == Kind.TEXT:
        try:
            is_right = bool(re.fullmatch(option.pattern, option.default))
        except re.error as error:
            return f"the pattern {option.pattern!r} cannot be read: {error}"
    if option.kind == Kind.COLOUR:
        is_right = all(map(COLOUR.fullmatch, (option.default, *option.on)))
    elif option.on:
        return "only a colour stands `on` others"
    return "" if is_right else f"the default {option.default!r} does not match"


def _told(message: str, data: bytes) -> str:
    """Put the line before what is wrong, as far as the message tells where it is."""
    if found := _AT.search(message):
        return f"{found[1]}: {message.replace(found[0], '')}"
    told, _, path = message.partition(" - at ")
    if found := _UNKNOWN.search(told):
        known = (Option if path else Declaration).__struct_fields__
        return f"{line_of(found[1], data)}: {message}{nearest(found[1], known)}"
    if found := _OPTION.search(path):
        table = rf'\[options\."?{re.escape(found[1])}"?\]'
        return f"{_line(table, data)}: {message}"
    names = _NAME.findall(path)
    return f"{line_of(names[-1], data) if names else 1}: {message}"


def line_of(key: str, data: bytes) -> int:
    """Tell in which line of a declaration a key stands; 1 where it stands in several."""
    return _line(rf"{re.escape(key)}\s*=", data)


def _line(start: str, data: bytes) -> int:
    found = [*re.finditer(rf"^[ \t]*{start}".encode(), data, re.MULTILINE)]
    return data.count(b"\n", 0, found[0].start()) + 1 if len(found) == 1 else 1
