"""Python-Markdown, set up as texts are read here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from markdown import Extension, Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import HTML_RE, HtmlInlineProcessor
from markdown.treeprocessors import InlineProcessor

from statusgen.expression import expression
from statusgen.markdown.tags import TAGS

if TYPE_CHECKING:
    import re
    import xml.etree.ElementTree as ET

    from markdown.preprocessors import Preprocessor
    from markdown.treeprocessors import Treeprocessor
    from markdown.util import Registry

T = TypeVar("T")

Sought = Mapping[str, tuple[str, ...]]
"""What each step looks for, by its name: where none of it stands, the step does nothing.

A reference needs its definition, with `]:`. What looks for nothing here needs what `_REWRITTEN`
finds.
"""
_FENCES = ("```", "~~~")
_PREPROCESSORS: Sought = {"fenced_code_block": _FENCES, "html_block": ()}
_BLOCKS: Sought = {
    "indent": ("    ",),
    "code": ("    ",),
    "table": ("|",),
    "hashheader": ("#",),
    "setextheader": ("=", "-"),
    "hr": ("-", "_", "*"),
    "ulist": ("- ", "+ ", "* "),
    "quote": (">",),
    "reference": ("]:",),
}
_INLINE: Sought = {
    "backtick": ("`",),
    "escape": ("\\",),
    "reference": ("]:",),
    "link": ("[",),
    "image_link": ("![",),
    "image_reference": ("]:",),
    "short_reference": ("]:",),
    "short_image_ref": ("]:",),
    "autolink": (),
    "automail": (),
    "linebreak": ("  ",),
    "html": (),
    "entity": (),
    "not_strong": ("*", "_"),
    "em_strong": ("*", "_"),
    "em_strong2": ("_",),
}
_TREE: Sought = {"unescape": ("\\",)}
_TABLES = (_PREPROCESSORS, _BLOCKS, _INLINE, _TREE)
_SIGNS = sorted({sign for table in _TABLES for sign in chain.from_iterable(table.values())})
_REWRITTEN = expression(r"[<&\t\r\x02\x03]")
"""What is replaced before anything is looked for: a text that holds it goes through all steps."""


class _Interruptions(BlockProcessor):
    """Lets a list or a table begin right after a line of text, as people write them elsewhere.

    As in CommonMark only a list that begins with 1 does: a line may well begin with a year.
    """

    ITEM = expression(r" {0,3}(?:[-+*]|1\.) +\S")
    RULE = expression(r"[ :-]*(?:-[ :]*\|[ :|-]*|\|[ :|-]*-[ :|-]*)")

    def test(self, parent: ET.Element, block: str) -> bool:  # noqa: ARG002 - as it is called
        return self.place(block.split("\n")) > 0

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        lines = blocks.pop(0).split("\n")
        place = self.place(lines)
        self.parser.parseBlocks(parent, ["\n".join(lines[:place])])
        blocks.insert(0, "\n".join(lines[place:]))

    def place(self, lines: list[str]) -> int:
        """Find the first line that begins something else; 0 if there is none."""
        for place in range(1, len(lines)):
            is_head = "|" in lines[place] and self.RULE.fullmatch("".join(lines[place + 1 :][:1]))
            if is_head or self.ITEM.match(lines[place]):
                return place
        return 0


class _KnownTags(HtmlInlineProcessor):
    """Takes for a tag only what may stay one: `<token>` in a sentence is a text."""

    GIVEN = r"[A-Za-z-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>=`]+)|open|reversed"
    TAG = expression(rf"</?([A-Za-z][A-Za-z0-9]*)(?:\s+(?:{GIVEN}))*\s*/?>")

    def handleMatch(  # type: ignore[override]  # noqa: N802 - as the base class has it
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element | str | None, int | None, int | None]:
        tag = self.TAG.fullmatch(m[1])
        if m[1].startswith("<!--") or (tag and tag[1].lower() in TAGS):
            return super().handleMatch(m, data)
        return None, None, None


class _Reading(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        md.inlinePatterns.register(_KnownTags(HTML_RE, md), "html", 90)
        # After all that can begin a block, and before what takes the rest for a paragraph (10).
        md.parser.blockprocessors.register(_Interruptions(md.parser), "interruptions", 12)


def extensions() -> list[Extension]:
    """Tell what Python-Markdown is to understand beside its own, and beside fences."""
    # By their names it would look for them among all packages that are installed.
    return [TableExtension(), SaneListExtension(), _Reading()]


def fences() -> Extension:
    """Tell what understands fences; its import takes as long as all else, since it can colour."""
    from markdown.extensions.fenced_code import FencedCodeExtension  # noqa: PLC0415 - as above

    return FencedCodeExtension()


class Reader(Markdown):
    """Python-Markdown that leaves out the steps that have nothing to do in a text.

    The HTML is the same, byte for byte.
    """

    def __init__(self) -> None:
        super().__init__(extensions=extensions(), output_format="html")
        self.inline = InlineProcessor(self)
        self.treeprocessors.register(self.inline, "inline", 20)
        self.knows_fences = False
        self.settle()

    def settle(self) -> None:
        """Take up the steps that there are."""
        self.all = Steps(
            preprocessors=self.preprocessors,
            blocks=self.parser.blockprocessors,
            inline=self.inlinePatterns,
            tree=self.treeprocessors,
        )
        self.needed = lru_cache(maxsize=256)(self.all.needed)

    def convert(self, source: str) -> str:
        """Turn a text into HTML, which is not safe yet."""
        if not self.knows_fences and any(fence in source for fence in _FENCES):
            self.take(self.all)
            self.registerExtensions([fences()], {})
            self.knows_fences = True
            self.settle()
        self.reset()
        self.take(self.all if _REWRITTEN.search(source) else self.needed(_signs(source)))
        return super().convert(source)

    def take(self, steps: Steps) -> None:
        """Let the next text go through these steps."""
        self.preprocessors = steps.preprocessors
        self.parser.blockprocessors = steps.blocks
        self.treeprocessors = steps.tree
        self.inline.inlinePatterns = steps.inline


class Steps(NamedTuple):
    """What a text goes through, in this order."""

    preprocessors: Registry[Preprocessor]
    blocks: Registry[BlockProcessor]
    inline: Registry[Any]
    tree: Registry[Treeprocessor]

    def needed(self, signs: frozenset[str]) -> Steps:
        """Leave out what looks for none of the signs that stand in a text."""
        return Steps(
            preprocessors=_needed(self.preprocessors, _PREPROCESSORS, signs),
            blocks=_needed(self.blocks, _BLOCKS, signs),
            inline=_needed(self.inline, _INLINE, signs),
            tree=_needed(self.tree, _TREE, signs),
        )


def _needed(steps: Registry[T], sought: Sought, signs: frozenset[str]) -> Registry[T]:
    left = steps[:]
    for name, wanted in sought.items():
        if signs.isdisjoint(wanted):
            left.deregister(name, strict=False)
    return left


def _signs(text: str) -> frozenset[str]:
    return frozenset([sign for sign in _SIGNS if sign in text])
