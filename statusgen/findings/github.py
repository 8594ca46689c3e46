"""Findings as annotations of GitHub Actions, which stand beside the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.config import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from statusgen.findings.finding import Check, Finding

_KINDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def write(findings: Sequence[Finding], _checks: Sequence[Check]) -> str:
    """Write a workflow command for each; its signs are escaped as the runner unescapes them."""
    return "".join(
        f"::{_KINDS[one.level]} file={one.path.translate(_PROPERTY)},line={one.line},"
        f"title={one.code.translate(_PROPERTY)}::{one.words.translate(_DATA)}\n"
        for one in findings
    )
