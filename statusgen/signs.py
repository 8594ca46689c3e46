"""Signs that neither content nor output may hold: machines may obey them, readers never see them.

C0 and C1 controls but tab, line feed and carriage return, the separators of lines and paragraphs
that no header may hold, halves of a pair, and the two code points that XML knows no way to write.
Reading refuses them; that none gets out is seen to once more where files are written.
"""

from __future__ import annotations

import re

from statusgen.expression import expression

CONTROL = expression("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
"""One of them in a text."""

# Every file is looked through: what stands in one byte falls out as it is copied, the rest is
# looked for where it may begin, which is found far sooner than all of it.
_SINGLE = bytes([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_LONGER = {
    b"\xc2": expression(rb"\xc2[\x80-\x9f]"),
    b"\xe2": expression(rb"\xe2\x80[\xa8\xa9]"),
    b"\xef": expression(rb"\xef\xbf[\xbe\xbf]"),
}
_ESCAPE = expression(rb"\\(?:u00|[bf])")
_ESCAPED = expression(
    rb"(?<!\\)((?:\\\\)*)\\(?:u00(?:0[0-8bcef]|1[0-9a-f]|7f)|[bf])", re.IGNORECASE
)


def find_control(text: str) -> re.Match[str] | None:
    """Find the first of them in a text: most hold none, which is seen twice as fast."""
    return None if text.replace("\n", "").isprintable() else CONTROL.search(text)


def without_controls(text: str) -> str:
    """Leave them out of a text."""
    return CONTROL.sub("", text)


def clean(data: bytes, *, is_json: bool = False) -> bytes:
    """Leave them out of a file in UTF-8; in JSON they may be escaped as well."""
    data = data.translate(None, _SINGLE)
    for first, signs in _LONGER.items():
        if _has(data, first, signs):
            data = signs.sub(b"", data)
    if is_json and _has(data, b"\\", _ESCAPE):
        return _ESCAPED.sub(rb"\1", data)
    return data


def _has(data: bytes, first: bytes, signs: re.Pattern[bytes]) -> bool:
    """Whether a file has one of some signs, which all begin with the same byte."""
    at = data.find(first)
    while at >= 0 and not signs.match(data, at):
        at = data.find(first, at + 1)
    return at >= 0
