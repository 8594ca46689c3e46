"""Update blocks: where one begins, what belongs to it, and that no line is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown import Markdown

from statusgen.model import IncidentStatus
from statusgen.parse.blocks import (
    TRAILERS,
    Text,
    UsualBlock,
    code_lines,
    fenced_lines,
    read_any_blocks,
    read_blocks,
    read_markdown,
    read_usual_blocks,
    split_front_matter,
)
from statusgen.parse.nodes import Mapping, Node, Place, Scalar
from statusgen.parse.updates import KEEPS

if TYPE_CHECKING:
    from statusgen.errors import Problem

STATUSES = (*IncidentStatus, KEEPS)


def blocks(text: str) -> tuple[list[dict[str, object]], list[str]]:
    """Read a text of blocks: each by its keys, and what was told."""
    problems: list[Problem] = []
    place = Place(path="a.md", problems=problems)
    lines = tuple(text.split("\n"))
    found = read_blocks(Text(lines=lines, first_line=1), STATUSES, place)
    told = [str(problem).removeprefix("a.md:") for problem in problems]
    return [as_dictionary(mapped(each)) for each in found], told


def mapped(block: Node | UsualBlock) -> Node:
    """Give a block as the mapping that it is."""
    return block.mapping() if isinstance(block, UsualBlock) else block


def as_dictionary(node: Node) -> dict[str, object]:
    """Bare keys and values of a block."""
    assert isinstance(node, Mapping)
    return {
        key.text: value.text if isinstance(value, Scalar) else as_dictionary(value)
        for key, value in node.entries
    }


def good(text: str) -> list[dict[str, object]]:
    """Read blocks that are right."""
    found, told = blocks(text)
    assert not told
    return found


def test_a_block_is_a_header_a_text_and_trailers() -> None:
    """All the trailers, in any case, and the text as it stands."""
    (block,) = good(
        "[IDENTIFIED] It is the pool.\n\nMore *soon*.\n\n"
        "Components: api=operational, db=major_outage\n"
        "Severity: SEV-1\nNEXT UPDATE: 17:30 UTC\nnotify: no\n"
        "Id: 20260102T1705Z\nupdated: 17:05"
    )
    assert block == {
        "status": "IDENTIFIED",
        "body": "It is the pool.\n\nMore *soon*.",
        "components": {"api": "operational", "db": "major_outage"},
        "severity": "SEV-1",
        "next_update": "17:30 UTC",
        "notify": "no",
        "id": "20260102T1705Z",
        "at": "17:05",
    }


@pytest.mark.parametrize(
    "header", ["[RESOLVED] Over.", "[resolved] Over.", "[Resolved]Over.", "[RESOLVED]\nOver."]
)
def test_a_header_is_a_word_in_brackets_at_the_start_of_a_line(header: str) -> None:
    """Any case; the text may follow on the line or below."""
    (block,) = good(f"{header}\nUpdated: 17:05")
    assert str(block["status"]).lower() == "resolved"
    assert block["body"] == "Over."


@pytest.mark.parametrize(
    "line",
    [
        "[our page](https://example.com)",
        "[our page][1]",
        "[1]: https://example.com",
        "[ ] to do",
        "[x] done",
        "[12] of them",
        r"\[RESOLVED] is what we hope to write.",
        "See [resolved] below.",
        "Note: all is well.",
        "Updated our servers: 12 of them",
        "- Starts: 02:00 UTC",
    ],
)
def test_what_only_looks_like_a_header_or_trailer_is_text(line: str) -> None:
    """Links, lists, escapes and sentences stay in the text."""
    (block,) = good(f"[INVESTIGATING] We look.\n{line}\n\nUpdated: 17:05")
    assert block["body"] == f"We look.\n{line}"


def test_a_header_inside_a_fence_is_text() -> None:
    """And so are trailers there."""
    fenced = "```\n[RESOLVED] in a log\nUpdated: never\n```"
    (block,) = good(f"[INVESTIGATING] We look.\n\n{fenced}\nUpdated: 17:05")
    assert block == {"status": "INVESTIGATING", "body": f"We look.\n\n{fenced}", "at": "17:05"}


def test_code_keeps_its_indent() -> None:
    """Blank lines around a text go, blanks in front of its first line stay."""
    (block,) = good("[INVESTIGATING]\n\n    code\n\nUpdated: 17:05")
    assert block["body"] == "    code"


def test_a_hidden_header_is_told_and_begins_its_update() -> None:
    """So that its trailers are its own, and one mistake is one message."""
    found, told = blocks("[INVESTIGATING] a\nUpdated: 17:05\n\n**[RESOLVED]** b\nUpdated: 17:15")
    assert [block["at"] for block in found] == ["17:05", "17:15"]
    assert len(told) == 1


@pytest.mark.parametrize(
    "markup", ["**", "__", "*", "- ", "1. ", "## ", "> ", "  ", "\t", "🔴 ", "~~"]
)
def test_a_status_behind_any_markup_is_told(markup: str) -> None:
    """A status that nobody sees would leave the page as it was."""
    _, told = blocks(f"[INVESTIGATING] a\nUpdated: 17:05\n\n{markup}[RESOLVED] b\nUpdated: 17:15")
    assert told == [
        (
            f"4: updates: [RESOLVED] stands behind {markup!r}: a header begins its line; "
            r"if it is no header, write \[RESOLVED]"
        )
    ]


@pytest.mark.parametrize("trailer", TRAILERS)
def test_a_trailer_in_front_of_text_is_told(trailer: str) -> None:
    """It would be published as text, and not be heard."""
    label = trailer.capitalize()
    _, told = blocks(f"[INVESTIGATING] a\n{label}: api=operational\nMore.\nUpdated: 17:05")
    message = "must stand with the other trailers at the very end of the update"
    assert told == [f"2: updates[0].{label}: {message}"]


def test_a_front_matter_is_parted_from_the_text() -> None:
    """With the line at which each begins."""
    place = Place(path="a.md", problems=[])
    front, text = split_front_matter("---\ntitle: a\n---\nbody\n", place)
    assert front == Text(lines=("title: a",), first_line=2)
    assert text == Text(lines=("body", ""), first_line=4)
    assert split_front_matter("body", place) == (None, Text(lines=("body",), first_line=1))


def test_a_broken_front_matter_hides_no_update() -> None:
    """The updates below it are read, so that all their mistakes are told too."""
    problems: list[Problem] = []
    place = Place(path="a.md", problems=problems)
    text = "---\ntitle: [\n---\n[RESOLVED] Over.\nUpdated: 17:05"
    head, updates = read_markdown(text, STATUSES, place)
    assert head is None
    assert len(updates) == 1
    assert len(problems) == 1


# Lines that come close to what the splitter looks for, so that chance meets every rule.
lines = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "",
                "  ",
                "```",
                "~~~",
                "````",
                "``` python",
                "[RESOLVED] b",
                "[UPDATE]",
                "[update]: c",
                "**[RESOLVED]** d",
                "[See below] e",
                "Updated: 17:05",
                "  Updated: 17:06",
                "Upated: 17:07",
                "Components: api=operational",
                "**Severity:** SEV-1",
                "Notify:",
                "Text: with a colon",
                "    code",
                "[INVESTIGATING] ```",
            ]
        ),
        st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=12),
    ),
    max_size=10,
)


@given(lines)
def test_no_line_is_lost(body: list[str]) -> None:
    """Every line that says something ends up in an update, or a problem is told."""
    found, told = blocks("\n".join(body))
    if told:
        return
    kept = "\n".join(
        str(value)
        if not isinstance(value, dict)
        else ",".join(f"{k}={v}" for k, v in value.items())
        for block in found
        for value in block.values()
    )
    for line in body:
        said = re.sub(r"^\[[^\]]*\]|^[A-Za-z ]+?[ \t]*:[ \t]*", "", line).strip()
        assert said in kept


@given(lines)
def test_a_text_survives_between_its_header_and_its_trailer(body: list[str]) -> None:
    """What is told nothing of comes out as it went in, but for blank lines around it."""
    found, told = blocks("\n".join(["[INVESTIGATING]", *body, "", "Updated: 17:05"]))
    text = Text(lines=tuple(body), first_line=1).body
    if not told and len(found) == 1 and set(found[0]) == {"status", "body", "at"}:
        assert found[0]["body"] == text


@given(lines)
@example(["```", "", "**[RESOLVED]** d", "[INVESTIGATING] ```"])
def test_fences_are_those_of_the_page(body: list[str]) -> None:
    """A status that the splitter passes over is one that the page shows as code."""
    found, told = blocks("\n".join(["[INVESTIGATING] a", *body, "", "Updated: 17:05"]))
    if told or len(found) != 1:
        return
    html = Markdown(extensions=["fenced_code"]).convert(str(found[0]["body"]))
    visible = re.sub(r"(?s)<code.*?</code>", "", html)
    assert "[RESOLVED]" not in visible


@given(lines)
def test_a_text_without_a_fence_need_not_be_searched_for_one(body: list[str]) -> None:
    """The short way finds what the long one does."""
    assert code_lines(tuple(body)) == fenced_lines(tuple(body))


# Blocks as they usually are, with now and then a line among them that is not.
usual = st.tuples(
    st.sampled_from(["[RESOLVED] Over.", "[investigating] It is ", "[See below] e", "[UPDATE]"]),
    st.lists(st.sampled_from(["More: soon, at 17:30.", "Soon  ", "é [RESOLVED] ```", "A:b"]))
    | lines.map(lambda drawn: drawn[:1]),
    st.sampled_from(["Updated: 17:05 UTC", "Components: api=operational, db\nUpdated: 1", "Id:"]),
    st.sampled_from(["", "\n", "\n\n", " "]),
).map(lambda drawn: "\n".join([drawn[0], *drawn[1], drawn[2]]) + drawn[3])


@given(st.lists(usual, max_size=3).map("\n".join))
def test_usual_blocks_are_read_as_any_others(text: str) -> None:
    """The short way gives the same nodes and tells the same, where it is taken."""
    split = Text(lines=tuple(text.split("\n")), first_line=3)
    one, other = (Place(path="a.md", problems=[]) for _ in range(2))
    found = read_usual_blocks(split, one)
    if found:
        mappings = tuple(map(mapped, found))
        assert mappings == read_any_blocks(split, STATUSES, other)
        assert one.problems == other.problems
        for each, mapping in zip(found, mappings, strict=True):
            assert isinstance(each, UsualBlock | Mapping)
            assert isinstance(mapping, Mapping)
            assert each.line == mapping.line
            for key in ("status", "body", "at"):
                assert (each.line_of(key), each.label(key)) == (
                    mapping.line_of(key),
                    mapping.label(key),
                )
    else:
        assert not one.problems


def test_usual_blocks_go_the_short_way() -> None:
    """Else they would be slow, and nobody would see why."""
    block = "[RESOLVED] Over: all is *well*.\nSee [our notes](https://example.com).\nUpdated: 17:05"
    more = f"{block}\nSeverity: SEV-1"
    text = Text(lines=tuple(f"{block}\n\n{more}\n".split("\n")), first_line=1)
    found = read_usual_blocks(text, Place(path="a.md", problems=[]))
    assert [type(each) for each in found] == [UsualBlock, Mapping]
