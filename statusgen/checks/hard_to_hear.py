"""A text can be followed by who hears it read out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from statusgen.config import Level
from statusgen.expression import expression
from statusgen.findings.finding import Check, Look, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

_IMAGE = expression(r"!\[\s*\]\([^)]*\)")
_EMPTY_WORDS = "here|click here|this|this link|link|more|read more|details"
_LINK = expression(rf"(?<!!)\[\s*(?:{_EMPTY_WORDS})\s*\]\([^)]*\)", re.IGNORECASE)
_SHOUT = expression(r"\b[A-Z]{2,}(?:[ ,]+[A-Z]{2,}){4,}\b")
_DRAWING = expression(r"([=*_~#\-+|<>^.!?])\1{7,}|[\U0001F300-\U0001FAFF\u2600-\u27BF]{3,}")
_RULE = expression(r"^ {0,3}([-*_=])(?: *\1)+ *$|^\|?[ :|-]+\|?$")
_KINDS = (
    (
        _IMAGE,
        "An image has no words for who cannot see it.",
        "Say between `![` and `]` what it shows.",
    ),
    (_LINK, "Out of its sentence the link says nothing.", "Let its words say where it leads."),
    (_SHOUT, "Words in capitals are spelt out letter by letter.", "Write them small, or in bold."),
    (_DRAWING, "Signs in a row are read out one by one.", "Leave them out, or write a word."),
)


def find(look: Look) -> Iterator[Spot]:
    """Find what screen readers stumble over."""
    whole = "\n".join(passage.text for passage in look.passages)
    for pattern, cause, cure in _KINDS:
        for passage in look.passages if pattern.search(whole) else ():
            for found in pattern.finditer(passage.text):
                start = passage.text.rfind("\n", 0, found.start()) + 1
                line = passage.text[start:].partition("\n")[0]
                if pattern is not _DRAWING or not _RULE.match(line):
                    yield passage.spot(cause, cure, found[0])


CHECK = Check(
    code="hard-to-hear",
    level=Level.WARNING,
    rule="A text can be followed by who hears it read out.",
    about="Some readers hear the page, from its links alone or from one line to the next. An image "
    "without words, a link that says `here`, and rows of signs tell them nothing (WCAG 2.2, "
    "1.1.1 and 2.4.4).",
    find=find,
)
