"""What can be built, but should not be published so: one module for each rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.checks import (
    broken_link,
    hard_to_hear,
    internal_words,
    late_first_word,
    late_postmortem,
    lone_component,
    mild_components,
    missing_postmortem,
    no_closing_report,
    old_translation,
    open_action,
    overdue_update,
    silence,
    unfinished_maintenance,
    untranslated,
)
from statusgen.config import Level
from statusgen.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Collection

    from statusgen.findings import Check, Look, Spots

CHECKS: tuple[Check, ...] = (
    broken_link.CHECK,
    hard_to_hear.CHECK,
    internal_words.CHECK,
    late_first_word.CHECK,
    late_postmortem.CHECK,
    lone_component.CHECK,
    mild_components.CHECK,
    missing_postmortem.CHECK,
    no_closing_report.CHECK,
    old_translation.CHECK,
    open_action.CHECK,
    overdue_update.CHECK,
    silence.CHECK,
    unfinished_maintenance.CHECK,
    untranslated.CHECK,
)


def check(look: Look, spots: Spots, codes: Collection[str]) -> tuple[Finding, ...]:
    """Run the checks of these codes that the policy wants; tell their findings in order of place.

    Raises CheckError where a check cannot come to an end.
    """
    levels = dict(look.config.policy.checks.levels)
    found = []
    for one in CHECKS:
        level = levels.get(one.code, one.level)
        if level != Level.OFF and one.code in codes:
            for spot in one.find(look):
                path, line = spots.of(spot)
                found.append(Finding(path, line, one.code, level, spot.cause, spot.cure))
    return tuple(sorted(set(found)))
