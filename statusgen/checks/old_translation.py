"""A translation says what its original says now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.config import Level
from statusgen.findings.finding import Check, Look, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator


def find(look: Look) -> Iterator[Spot]:
    """Find translations whose originals have changed since."""
    for gap in look.gaps:
        if gap.line and gap.is_old:
            yield Spot(
                path=gap.path,
                line=gap.line,
                cause=f"{gap.what} does not tell that it says what its original says now, which is "
                "shown instead.",
                cure=f"Once it says the same, write `translates: {gap.translates}`.",
            )


CHECK = Check(
    code="old-translation",
    level=Level.NOTE,
    rule="A translation says what its original says now.",
    about="A reader of another language is shown the original instead of a translation that says "
    "something else.",
    find=find,
)
