"""Findings as JSON, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from statusgen.findings.finding import Check, Finding


def write(findings: Sequence[Finding], _checks: Sequence[Check]) -> str:
    """Write an object with a list, in which each has its place, its level and its words."""
    found = msgspec.json.encode({"findings": [one._asdict() for one in findings]})
    return f"{msgspec.json.format(found, indent=2).decode()}\n"
