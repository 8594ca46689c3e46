"""Findings: what should be mended in the content, where, and how it is told to people and tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.findings import data, github, junit, plain, sarif
from statusgen.findings.finding import Check, Finding, Look, Passage, Spot, of_problem
from statusgen.findings.spots import Spots

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["FORMATS", "Check", "Finding", "Look", "Passage", "Spot", "Spots", "of_problem"]

FORMATS: dict[str, Callable[[Sequence[Finding], Sequence[Check]], str]] = {
    "text": plain.write,
    "github": github.write,
    "sarif": sarif.write,
    "json": data.write,
    "junit": junit.write,
}
"""How findings are written, by the names of the formats."""
