"""Whether a colour can be read on another, as WCAG 2.2 counts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.expression import expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COLOUR = expression(r"#[0-9a-fA-F]{6}")
ENOUGH = 4.5
"""The contrast that text needs at least (success criterion 1.4.3)."""


def contrast(one: str, other: str) -> float:
    """Tell the contrast of two colours like `#3b5bdb`, from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def hardest(colour: str, grounds: Iterable[str]) -> tuple[float, str]:
    """Tell on which ground a colour is read worst, and by what contrast."""
    return min((contrast(colour, ground), ground) for ground in grounds)


def readable(colour: str, grounds: Sequence[str]) -> str:
    """Find the nearest shade of a colour that can be read on all grounds: darker, or lighter."""
    is_dark = _luminance(grounds[0]) < _luminance("#777777")
    end = 255 if is_dark else 0
    for step in range(101):
        parts = [round(part + (end - part) * step / 100) for part in _parts(colour)]
        shade = "#" + "".join(f"{part:02x}" for part in parts)
        if hardest(shade, grounds)[0] >= ENOUGH:
            return shade
    return "#ffffff" if is_dark else "#000000"


def _parts(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    """Tell the relative luminance of an sRGB colour, from 0 for black to 1 for white."""
    shares = [part / 255 for part in _parts(colour)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - of the definition
        for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
