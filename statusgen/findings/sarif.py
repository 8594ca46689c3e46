"""Findings as SARIF 2.1.0 (OASIS), which code hosts show beside the lines of a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from statusgen import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from statusgen.findings.finding import Check, Finding

_ROOT = "The top of the repository; the folder of content/ where there is none."


def write(findings: Sequence[Finding], checks: Sequence[Check]) -> str:
    """Write a run of one tool, with its rules and a result for each finding."""
    driver = {
        "name": "statusgen",
        "version": __version__,
        "rules": [_rule(one) for one in checks],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"ROOT": {"description": {"text": _ROOT}}},
        "results": [_result(one) for one in findings],
    }
    log = msgspec.json.encode({"version": "2.1.0", "runs": [run]})
    return f"{msgspec.json.format(log, indent=2).decode()}\n"


def _rule(one: Check) -> dict[str, Any]:
    return {
        "id": one.code,
        "shortDescription": {"text": one.rule},
        "fullDescription": {"text": one.about},
        "defaultConfiguration": {"level": one.level},
    }


def _result(one: Finding) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": quote(one.path), "uriBaseId": "ROOT"},
        "region": {"startLine": one.line},
    }
    return {
        "ruleId": one.code,
        "level": one.level,
        "message": {"text": one.words},
        "locations": [{"physicalLocation": place}],
    }
