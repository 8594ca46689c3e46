"""Light texts → HTML: sentences and lists with a bold word, a bit of code or a link here and there.

They are what most updates are, and what they mean leaves no doubt, so that nobody has to wait for
the import of what reads Markdown. All else is left to that; what comes of both is the same, byte
for byte.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from statusgen.expression import expression

if TYPE_CHECKING:
    from collections.abc import Callable

# Python before 3.11.5 errs where a repeat that gives nothing back looks around within: none does.
_SIGNS = r"""(?:[a-zA-Z0-9 ,.;:?!%/()'"$@\u2013-\u201d\u2026-]++|[^\W_a-zA-Z0-9])"""
PLAIN = expression(rf"[^\W\d_]{_SIGNS}*+(?<! )")
"""A sentence in which nothing can mean anything to Markdown: it need not be read as such."""

_SAID = rf"[^\W_]{_SIGNS}*+(?<! )"
# What stands beside a mark leaves no doubt that it is one.
_BOLD = rf"(?<![^\s(])\*\*{_SAID}\*\*(?![^\s,.;:?!)])"
_CODE = rf"(?<!`)`(?:[^\W_]|[_/])(?:{_SIGNS}|[_={{}}])*+(?<! )`(?!`)"
# An address that is surely one: nh3 takes away what is not.
_LABEL = r"[a-z0-9]{1,30}(?:-[a-z0-9]{1,20})?"
_HOST = rf"(?:{_LABEL}\.){{1,4}}[a-z]{{2,12}}"
_ADDRESS = rf"(?:https?://{_HOST}(?:/[\w./?=#%+-]*+)?|[a-z][a-z0-9]*+(?:[/-][a-z0-9]++)*+/?)"
_LINK = rf"(?<!!)\[{_SAID}\]\((?a:{_ADDRESS})\)(?![\[(:])"
_LINE = rf"(?=[^\W\d_]|[*`\[])(?:{_SIGNS}|{_BOLD}|{_CODE}|{_LINK})+(?<! )"
# What lines hold is told apart from how they stand, so that it is compiled once.
_LINES = expression(rf"(?:(?:- )?{_LINE}(?:\n\n?(?!\Z)|\Z))+")
_TEXT = r"[^\n-].*+(?:\n[^\n-].*+)*+"
_LIST = r"-.*+(?:\n-.*+)*+"
# A list that another one follows would be one with it.
_BLOCKS = expression(rf"{_TEXT}(?:\n\n{_TEXT}|\n\n{_LIST}(?=\Z|\n\n(?!-)))*")
_MARKED = expression(r"\*\*([^*]+)\*\*|`([^`]+)`|\[([^]]+)\]\(([^)]+)\)")
_MARKS = expression(r"^- |\]\([^)]*\)|[*`\[]", re.MULTILINE)


def is_light(text: str) -> bool:
    """Whether a text is so light that it need not be read as Markdown."""
    return bool(_BLOCKS.fullmatch(text) and _LINES.fullmatch(text))


def light_html(text: str) -> str:
    """Turn a light text into HTML that can do no harm."""
    return "\n".join(map(_block, _MARKED.sub(_marked, text).split("\n\n")))


def light_text(text: str, lead: Callable[[str], str]) -> str:
    """Turn a light text into plain text, without folding it; `lead` tells where an address does."""

    def marked(found: re.Match[str]) -> str:
        bold, code, title, address = found.groups()
        if bold or code:
            return str(bold or code)
        told = lead(address)
        return f"{title} ({told})" if title != told else str(title)

    lines = _MARKED.sub(marked, text).split("\n\n")
    return "\n\n".join(
        "\n".join(" ".join(line.split()) for line in block.split("\n"))
        if block.startswith("- ")
        else " ".join(block.split())
        for block in lines
    )


def light_words(text: str) -> str:
    """Turn a light text into the bare words that it shows."""
    return " ".join(_MARKS.sub("", text).split())


def _block(html: str) -> str:
    if not html.startswith("- "):
        return f"<p>{html}</p>"
    items = html.removeprefix("- ").replace("\n- ", "</li>\n<li>")
    return f"<ul>\n<li>{items}</li>\n</ul>"


def _marked(found: re.Match[str]) -> str:
    bold, code, title, address = found.groups()
    if bold:
        return f"<strong>{bold}</strong>"
    if code:
        return f"<code>{code}</code>"
    return f'<a href="{address}" rel="noopener noreferrer">{title}</a>'
