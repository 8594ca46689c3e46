"""YAML as nodes: every scalar as it was typed, every value with its line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from statusgen.parse import nodes
from statusgen.parse.nodes import (
    Mapping,
    Node,
    Place,
    Scalar,
    Sequence,
    Unreadable,
    read_any,
    read_plain,
    read_yaml,
)

if TYPE_CHECKING:
    from statusgen.errors import Problem


@pytest.fixture(params=[yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)])
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both parsers in turn: the one in Python stands in where libyaml is missing."""
    monkeypatch.setattr(nodes, "_loader", lambda: request.param)


EXAMPLE = Path(__file__).parents[2] / "content"

pytestmark = pytest.mark.usefixtures("_parser")


def read(text: str) -> Node:
    """Read a text that is right."""
    problems: list[Problem] = []
    node = read_yaml(text, Place(path="a.yml", problems=problems))
    assert not problems
    return node


def refusal(text: str) -> str:
    """Read a text that is wrong, and give the one thing that is said of it."""
    problems: list[Problem] = []
    with pytest.raises(Unreadable):
        read_yaml(text, Place(path="a.yml", problems=problems))
    (problem,) = problems
    return str(problem).removeprefix("a.yml:")


@pytest.mark.parametrize(
    "word", ["no", "12:30", "1.10", "010", "1e3", "2026-01-02", "true", "0x1F"]
)
def test_a_scalar_stays_what_its_author_typed(word: str) -> None:
    """YAML would make a boolean, a number or a date of these; the model decides types."""
    node = read(f"key: {word}\n")
    assert isinstance(node, Mapping)
    assert node.get("key") == Scalar(text=word, line=1)


def test_every_value_knows_its_line() -> None:
    """Lines count from the file's first, wherever the text begins in it."""
    place = Place(path="a.md", problems=[])
    node = read_yaml("a: b\nc:\n  - d\n", place, first_line=2)
    assert isinstance(node, Mapping)
    items = node.get("c")
    assert isinstance(items, Sequence)
    assert (node.line_of("a"), node.line_of("c"), items.items[0].line) == (2, 3, 4)
    assert node.line_of("missing") == 2


def test_a_repeated_key_is_kept_twice() -> None:
    """The reader of the keys must see it to refuse it."""
    node = read("a: b\na: c\n")
    assert isinstance(node, Mapping)
    assert [key.text for key, _ in node.entries] == ["a", "a"]


@pytest.mark.parametrize("text", ["a:\n", "a: ~\n", "a: null\n"])
def test_nothing_is_known_from_an_empty_text(text: str) -> None:
    """A value that was left out is null; `""` is a text without letters."""
    node = read(text)
    assert isinstance(node, Mapping)
    assert node.get("a") == Scalar(text=text[3:].strip(), line=1, is_null=True)
    assert read('""') == Scalar(text="", line=1)


def test_what_yaml_cuts_as_a_comment_is_noted() -> None:
    """` #` ends a plain scalar, but not one in quotes."""
    node = read("a: slow # very\nb: 'slow # very'\n")
    assert isinstance(node, Mapping)
    assert node.get("a") == Scalar(text="slow", line=1, cut="# very")
    assert node.get("b") == Scalar(text="slow # very", line=2)


CAUSES = {
    'a: "x\nb: y\n': "1: file: broken YAML: a quote is opened here and never closed",
    "a: [x\nb: y\n": "1: file: broken YAML: a bracket is opened here and never closed",
    "a: x: y\n": "1: file: broken YAML: a text with a colon in it must stand in quotes",
    "a:\n\tb: c\n": "2: file: broken YAML: a tab begins the line; indent with blanks",
    "a: @x\n": "1: file: broken YAML: a text that begins with a sign must stand in quotes",
    "a: **x**\n": "1: file: broken YAML: a text that begins with a sign must stand in quotes",
    "a: ]\n": "1: file: broken YAML: a text that begins with a sign must stand in quotes",
    'a: "\\q"\n': "1: file: broken YAML: a backslash in double quotes is special; "
    "use single quotes",
    "a: - b\n": "1: file: broken YAML: a list begins on a line of its own",
    "a: b\nc\n": "2: file: broken YAML: the line is no `key: value`",
    "a: b\n  c: d\n": "2: file: broken YAML: the line does not fit here: look at its indent and "
    "its quotes",
    'a: "b" c\n': "1: file: broken YAML: the line does not fit here: look at its indent and "
    "its quotes",
    "a: b\n...\nc: d\n": "3: file: broken YAML: the document ended on the line before; "
    "a file holds one",
    "a: b\n---\nc: d\n": "2: file: a second YAML document begins: a file holds one",
    "a: &x b\n": "1: file: anchor &x: quote the text, or write the value out each time",
    "a: *x\n": "1: file: alias *x: quote the text, or write it out",
    "a: !!int 1\n": "1: file: tag !!int: quote the text, or leave the tag out",
    "a: !note x\n": "1: file: tag !note: quote the text, or leave the tag out",
    "? [a]\n: b\n": "1: file: a key must be a plain word",
    "# nothing\n": "1: file: holds nothing but comments: write what belongs here",
    "title: [SEV-2] Slow\n": "1: file: put the title in quotes, or write severity: SEV-2 on a line "
    "of its own",
}


@pytest.mark.parametrize("text", CAUSES)
def test_broken_yaml_is_told_in_words_of_a_writer(text: str) -> None:
    """The same words from either parser, and what to do about it."""
    assert refusal(text) == CAUSES[text]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_nesting_without_end_is_refused(opening: str) -> None:
    """The parser is never led so deep that it would crash."""
    assert refusal(opening * 100_000) == "1: file: nests deeper than 20 levels"


def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    """Nothing is expanded, so nothing can grow."""
    layers = "".join(f"x{n}: &x{n} [{f'*x{n - 1}, ' * 9 if n else 'x'}]\n" for n in range(9))
    message = "anchor &x0: quote the text, or write the value out each time"
    assert refusal(layers) == f"1: file: {message}"


plain: st.SearchStrategy[Any] = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])).filter(str.isprintable),
    lambda inner: st.lists(inner, min_size=1) | st.dictionaries(st.text("abc", min_size=1), inner),
    max_leaves=8,
)


def bare(node: Node) -> object:
    """A node without its lines."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [bare(item) for item in node.items]
    return {key.text: bare(value) for key, value in node.entries}


@given(plain)
def test_what_another_writer_dumps_is_read_back(value: object) -> None:
    """Any text survives YAML, whichever quotes it is written in."""
    assert bare(read(yaml.safe_dump(value, allow_unicode=True))) == value


# Pieces that come close to what the short way takes, so that chance meets its every border.
_WORDS = ("Slow", "é", "2026-01-02", "12:30", "null", '"#1: b"', "b: c", "- ", "...", "\U0001f534")
_SIGNS = (*" ,:#'\"[]{}&*!|>%@`~?\\=-", "\t", "\n", "\x7f", "\x85", "\xa0", "\u2028", "\ufeff")
_values = st.lists(st.sampled_from((*_WORDS, *_SIGNS)), min_size=1, max_size=3).map("".join)
_indents = st.sampled_from(["", "", "", "  ", "  ", "    ", " ", "   "])
_dashes = st.sampled_from(["", "", "", "- ", "- ", "-   ", "-", "- - "])
_keys = st.sampled_from(["a: ", "a: ", "b-1: ", "null:  ", "E: ", "a:", "a:", "c:\n  d: ", "", "?"])
_texts = st.sampled_from(("", "", "Slow", "it's \xa7 \u2013", "'#1: b'", "null", *_WORDS)) | _values
_lines = st.tuples(_indents, _dashes, _keys, _texts).map("".join)
_silent = st.tuples(_indents, st.sampled_from(["", "", "# why: so", "#- a: 'é", "#\t"])).map(
    "".join
)


@settings(max_examples=1000)
@given(st.lists(_lines | _lines | _lines | _silent, max_size=6).map("\n".join))
def test_the_short_way_reads_what_the_long_one_does(text: str) -> None:
    """Plain keys, texts and lists are read without a parser of YAML, and are the same nodes."""
    plain = read_plain(text, 3)
    if plain is not None:
        problems: list[Problem] = []
        assert plain == read_any(text, Place(path="a.yml", problems=problems), 3)
        assert not problems


@pytest.mark.parametrize(
    "text",
    [
        "title: Slow\n",
        'title: "[SEV-2] Slow: #1"\nseverity: SEV-2',
        "started: 2026-01-02 17:00 UTC\ncomponents:\n  api: major_outage\n  db: operational\n",
        "title: 'It\u2019s slow \u2013 again'\ncomponents:\n  - api\n  - db\n",
        "components:\n- api\n- db\nstarted: 2026-01-02",
        (EXAMPLE / "site.yml").read_text(encoding="utf-8"),
        (EXAMPLE / "components.yml").read_text(encoding="utf-8"),
        "# Groups\n\n- group: Platform\n  components:\n    # Others use it.\n    - id: api\n",
    ],
)
def test_what_is_plain_goes_the_short_way(text: str) -> None:
    """Else it would be slow, and nobody would see why."""
    plain = read_plain(text, 1)
    assert plain is not None
    assert plain == read_any(text, Place(path="a.yml", problems=[]), 1)
