"""Findings as JUnit XML, which nearly every CI shows as tests: each check is one, or its breaches.

An error is a failure; warnings and notes are told in the output of a test that passes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from statusgen.config import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from statusgen.findings.finding import Check, Finding


def write(findings: Sequence[Finding], checks: Sequence[Check]) -> str:
    """Write a suite with a case for each finding, and one for each check that found nothing."""
    failures = sum(one.level == Level.ERROR for one in findings)
    clean = [one for one in checks if one.code not in {each.code for each in findings}]
    counts = {"tests": f"{len(findings) + len(clean)}", "failures": f"{failures}", "errors": "0"}
    suites = Element("testsuites", {"name": "statusgen check", **counts})
    suite = SubElement(suites, "testsuite", {"name": "statusgen check", **counts, "time": "0"})
    for check in clean:
        SubElement(suite, "testcase", {"classname": check.code, "name": check.rule, "time": "0"})
    for one in findings:
        name = f"{one.path}:{one.line}"
        case = SubElement(suite, "testcase", {"classname": one.code, "name": name, "time": "0"})
        if one.level == Level.ERROR:
            given = {"message": one.cause, "type": one.code}
            SubElement(case, "failure", given).text = str(one)
        else:
            SubElement(case, "system-out").text = str(one)
    indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(suites, encoding="unicode")}\n'
