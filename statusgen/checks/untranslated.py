"""Every public text is there in each language of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.config import Level
from statusgen.findings.finding import Check, Look, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator


def find(look: Look) -> Iterator[Spot]:
    """Find what is not translated."""
    files: dict[str, list[str]] = {}
    for gap in look.gaps:
        if not gap.line:
            files.setdefault(gap.path, []).append(gap.language)
        elif not gap.is_old:
            yield Spot(
                path=gap.path,
                line=gap.line,
                cause=f"{gap.what} is not translated.",
                cure=f"Once it says the same, write `translates: {gap.translates}`.",
            )
    for path, languages in files.items():
        yield Spot(
            path=path,
            line=1,
            cause=f"Not translated into {', '.join(languages)}.",
            cure="Write the file of that name with the language before its ending.",
        )


CHECK = Check(
    code="untranslated",
    level=Level.NOTE,
    rule="Every public text is there in each language of the site.",
    about="A reader of another language is shown the original, marked as such.",
    find=find,
)
