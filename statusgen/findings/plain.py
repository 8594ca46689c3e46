"""Findings as lines that people read and editors jump to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from statusgen.findings.finding import Check, Finding


def write(findings: Sequence[Finding], _checks: Sequence[Check]) -> str:
    """Write a line for each."""
    return "".join(f"{one}\n" for one in findings)
