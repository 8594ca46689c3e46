"""Text → a tree of nodes that know their lines: one shape for YAML and for update blocks.

YAML is read through the events of libyaml's parser, every scalar as the text that its author
typed, so that `no`, `12:30`, `1.10` and `010` stay what they are. Keys and lists of plain texts, as
most front matters and settings are, go a shorter way to the same nodes.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from msgspec import Struct

from statusgen.errors import Problem
from statusgen.expression import expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml

MAX_DEPTH = 20
"""How deep content may nest; the deepest key that is known lies at five."""
_TOO_DEEP = f"nests deeper than {MAX_DEPTH} levels"

# A line with a key, a text or both, perhaps as the item of a list: what is so plain needs no parser
# of YAML. A text begins with a letter or digit and ends before what `: ` or ` #` would cut, or it
# stands in quotes, without an escape. The indent is bounded, and with it how deep lines may nest.
_CONTROL = r"\0-\x1f\x7f"
_PLAIN = rf"[^\W_](?:[^ :{_CONTROL}]++| +[^ :#{_CONTROL}]| *:+[^ :{_CONTROL}])*"
_QUOTED = rf"\"[^\"\\{_CONTROL}]*\"|'[^'{_CONTROL}]*'"
_LINE = expression(
    r"(?P<indent> {,8})(?P<dash>- +)?(?=[^ ])"
    rf"(?:(?P<key>[a-z][a-z0-9_-]{{,60}}):(?: +|$))?(?P<text>{_PLAIN}|{_QUOTED}|$)"
)
_EMPTY = expression(rf" *(?:#[^{_CONTROL}]*)?")
_ITEM = "-"
_QUOTES = "\"'"
_Line = tuple[int, int, str | None, str]
"""The column where it begins, its number, its key and its text; an item's key is `_ITEM`."""

_NULLS = {"", "~", "null", "Null", "NULL"}
_CAUSES = (
    (r"unexpected end of stream", "a quote is opened here and never closed"),
    (r"expected ',' or", "a bracket is opened here and never closed"),
    (r"could not find expected ':'", "the line is no `key: value`"),
    (
        r"cannot start any token|scanning an? (alias|anchor|tag|block)|parsing a tag|node content",
        "a text that begins with a sign must stand in quotes",
    ),
    (r"unknown escape", "a backslash in double quotes is special; use single quotes"),
    (r"sequence entries are not allowed", "a list begins on a line of its own"),
    (r"expected '?<document start>", "the document ended on the line before; a file holds one"),
    (r"mapping values|expected", "the line does not fit here: look at its indent and its quotes"),
)
"""Causes as the parsers give them, and what they mean to a writer."""

_OPEN = r"unexpected end of stream|expected ',' or|could not find expected ':'"


class Scalar(Struct, frozen=True, kw_only=True):
    """A text. `is_null` says that nothing was written, `cut` what a ` #` made YAML drop."""

    text: str
    line: int
    is_null: bool = False
    cut: str = ""


class Sequence(Struct, frozen=True, kw_only=True):
    """A list."""

    items: tuple[Node, ...]
    line: int


class Mapping(Struct, frozen=True, kw_only=True):
    """Keys with values, in order and as written, so that a repeated key is seen.

    `labels` are the names that the author knows the keys by where they are not the keys.
    """

    entries: tuple[tuple[Scalar, Node], ...]
    line: int
    labels: dict[str, str] = {}

    def get(self, key: str) -> Node | None:
        """Find the value of a key."""
        return next((value for name, value in self.entries if name.text == key), None)

    def line_of(self, key: str) -> int:
        """Tell on which line a key stands; that of the mapping where it does not."""
        return next((name.line for name, _ in self.entries if name.text == key), self.line)

    def label(self, key: str) -> str:
        """Tell by which name the author knows a key."""
        return self.labels.get(key, key)


Node = Scalar | Sequence | Mapping


class Unreadable(Exception):  # noqa: N818 - it stops the reading of one value and is never seen
    """A value was a mistake, which has been told: leave the value out and go on."""


class Place(Struct, frozen=True):
    """Where in the content something stands, and the list that mistakes are told to."""

    path: str
    problems: list[Problem]
    above: Place | None = None
    step: str = ""

    def at(self, key: str) -> Place:
        """Go down to a key."""
        return Place(self.path, self.problems, self, f".{key}")

    def item(self, index: int) -> Place:
        """Go down to an item of a list."""
        return Place(self.path, self.problems, self, f"[{index}]")

    @property
    def address(self) -> str:
        """Tell all steps that led here: few places are ever told."""
        above = self.above.address if self.above else ""
        return (above + self.step).removeprefix(".")

    def tell(self, line: int, message: str) -> None:
        """Note a mistake and go on."""
        address = self.address or "file"
        self.problems.append(Problem(path=self.path, line=line, address=address, message=message))

    def refuse(self, line: int, message: str) -> NoReturn:
        """Note a mistake and give the value up."""
        self.tell(line, message)
        raise Unreadable


def read_yaml(text: str, place: Place, *, first_line: int = 1) -> Node:
    """Read one YAML document; `first_line` is the line of the file at which the text begins."""
    return read_plain(text, first_line) or read_any(text, place, first_line)


def read_plain(text: str, first_line: int) -> Node | None:
    """Read keys and lists of plain texts; None where anything else stands."""
    if not (text.isascii() or text.replace("\n", "").isprintable()):
        return None
    lines: list[_Line] = []
    for number, line in enumerate(text.split("\n"), first_line):
        if found := _LINE.fullmatch(line):
            indent, dash, key, value = found.groups()
            column = len(indent)
            if dash:
                lines.append((column, number, _ITEM, ""))
                column += len(dash)
            lines.append((column, number, key, value))
        elif not _EMPTY.fullmatch(line):
            return None
    lines.append((-1, 0, None, ""))
    node, position = _plain_node(lines, 0)
    return node if position == len(lines) - 1 else None


def _plain_node(lines: list[_Line], position: int) -> tuple[Node | None, int]:
    """Read what begins at a line; tell with it the position of the line behind it."""
    _, number, key, value = lines[position]
    if key == _ITEM:
        return _plain_sequence(lines, position)
    if key:
        return _plain_mapping(lines, position)
    return (_plain_text(value, number), position + 1) if value else (None, position)


def _plain_sequence(lines: list[_Line], position: int) -> tuple[Node | None, int]:
    column, first, _, _ = lines[position]
    items: list[Node] = []
    while lines[position][0] == column and lines[position][2] == _ITEM:
        item, position = _plain_node(lines, position + 1)
        if item is None:
            return None, position
        items.append(item)
    return Sequence(items=tuple(items), line=first), position


def _plain_mapping(lines: list[_Line], position: int) -> tuple[Node | None, int]:
    column, first, _, _ = lines[position]
    entries: list[tuple[Scalar, Node]] = []
    while True:
        at, number, key, value = lines[position]
        if at != column or not key or key == _ITEM:
            return Mapping(entries=tuple(entries), line=first), position
        position += 1
        node: Node | None
        if value:
            node = _plain_text(value, number)
        elif lines[position][0] > column or lines[position][::2] == (column, _ITEM):
            node, position = _plain_node(lines, position)
        else:
            node = None
        if node is None:
            return None, position
        entries.append((Scalar(text=key, line=number, is_null=key in _NULLS), node))


def _plain_text(text: str, line: int) -> Scalar:
    if text[0] in _QUOTES:
        return Scalar(text=text[1:-1], line=line)
    return Scalar(text=text, line=line, is_null=text in _NULLS)


def read_any(text: str, place: Place, first_line: int) -> Node:
    """Read whatever YAML there is, through the parser of YAML."""
    import yaml  # noqa: PLC0415 - 10 ms, and few texts need it

    loader = _loader()(text)
    composer = _Composer(loader, text.split("\n"), place, first_line)
    try:
        return composer.document()
    except yaml.MarkedYAMLError as error:
        # What is opened and not closed is mended at its beginning, not where the text ends.
        is_open = re.search(_OPEN, error.problem or "") and error.context_mark
        mark = error.context_mark if is_open else error.problem_mark
        index = min(mark.line, len(composer.lines) - 1) if mark else 0
        column = mark.column if mark else 0
        return place.refuse(first_line + index, _cause(error, composer.lines, index, column))
    except yaml.YAMLError as error:
        return place.refuse(first_line, f"broken YAML: {error}")
    finally:
        loader.dispose()


@cache
def _loader() -> Any:  # noqa: ANN401 - one of two classes without a common type
    import yaml  # noqa: PLC0415 - as above

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Composer:
    """Events → nodes, without recursion: the input's depth is not to be trusted."""

    def __init__(self, loader: Any, lines: list[str], place: Place, first_line: int) -> None:  # noqa: ANN401 - as above
        self.loader = loader
        self.lines = lines
        self.place = place
        self.first_line = first_line

    def document(self) -> Node:
        from yaml import events  # noqa: PLC0415 - as above

        stack: list[tuple[Any, list[Node]]] = []
        root: Node | None = None
        for event in self.events():
            line = self.first_line + event.start_mark.line
            node: Node
            if isinstance(event, (events.SequenceStartEvent, events.MappingStartEvent)):
                self.refuse_features(event, line)
                if len(stack) >= MAX_DEPTH:
                    self.place.refuse(line, _TOO_DEEP)
                stack.append((event, []))
                continue
            if isinstance(event, events.ScalarEvent):
                self.refuse_features(event, line)
                node = self.scalar(event, line)
            elif isinstance(event, (events.SequenceEndEvent, events.MappingEndEvent)):
                start, children = stack.pop()
                is_list = isinstance(start, events.SequenceStartEvent)
                node = self.collection(start, children, is_list=is_list)
            elif isinstance(event, events.AliasEvent):
                self.place.refuse(line, f"alias *{event.anchor}: quote the text, or write it out")
            elif isinstance(event, events.DocumentStartEvent) and root is not None:
                self.place.refuse(line, "a second YAML document begins: a file holds one")
            else:
                continue
            if stack:
                stack[-1][1].append(node)
            else:
                root = node
        if root is None:
            self.place.refuse(
                self.first_line, "holds nothing but comments: write what belongs here"
            )
        return root

    def events(self) -> Iterator[Any]:
        while self.loader.check_event():
            yield self.loader.get_event()

    def refuse_features(self, event: Any, line: int) -> None:  # noqa: ANN401 - one of three events
        if event.anchor:
            self.place.refuse(
                line, f"anchor &{event.anchor}: quote the text, or write the value out each time"
            )
        if event.tag:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.place.refuse(line, f"tag {tag}: quote the text, or leave the tag out")

    def scalar(self, event: Any, line: int) -> Scalar:  # noqa: ANN401 - PyYAML has no types for it
        is_plain = event.style in (None, "")
        end = event.end_mark
        rest = self.lines[end.line][end.column :] if is_plain and end.line < len(self.lines) else ""
        # libyaml puts the end of a plain scalar behind the blanks that follow it, PyYAML before.
        comment = rest.strip() if rest.lstrip().startswith("#") else ""
        return Scalar(
            text=event.value,
            line=line,
            is_null=is_plain and event.value in _NULLS,
            cut=comment,
        )

    def collection(self, start: Any, children: list[Node], *, is_list: bool) -> Node:  # noqa: ANN401 - as above
        line = self.first_line + start.start_mark.line
        if is_list:
            return Sequence(items=tuple(children), line=line)
        entries = []
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar):
                self.place.refuse(key.line, "a key must be a plain word")
            entries.append((key, value))
        return Mapping(entries=tuple(entries), line=line)


def _cause(error: yaml.MarkedYAMLError, lines: list[str], index: int, column: int) -> str:
    """Say in the writer's words why YAML gave up; the two parsers have words of their own."""
    if "nesting depth" in (error.problem or ""):  # libyaml counts brackets before it tells of them
        return _TOO_DEEP
    for line in (lines[index], lines[max(index - 1, 0)]):
        if re.match(r"title:\s*\[", line):
            return "put the title in quotes, or write severity: SEV-2 on a line of its own"
    said = " ".join(filter(None, (error.context, error.problem)))
    if "mapping values are not allowed" in said and ": " in lines[index][:column]:
        return "broken YAML: a text with a colon in it must stand in quotes"
    if lines[index].lstrip(" ").startswith("\t"):
        return "broken YAML: a tab begins the line; indent with blanks"
    for pattern, meant in _CAUSES:
        if re.search(pattern, said):
            return f"broken YAML: {meant}"
    return f"broken YAML: {said or 'cannot be read'}"
