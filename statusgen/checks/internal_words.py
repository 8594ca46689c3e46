"""Nothing that is the team's own stands in a text that the public reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from statusgen.config import Level
from statusgen.errors import CheckError
from statusgen.expression import expression
from statusgen.findings.finding import Check, Look, Passage, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 1.0
"""Seconds that a pattern may take over a text; an honest one takes far less than a thousandth."""

_KNOWN = {
    "the name of a machine": r"\b[\w-]+(?:\.[\w-]+)*"
    r"\.(?:internal|local|lan|intra|corp|localdomain)\b",
    "the address of a machine": r"(?<![\d.])(?:(?:10|127)\.\d{1,3}|192\.168"
    r"|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2}(?!\.?\d)",
    "a key or a token": r"\b(?:A[KS]IA[A-Z0-9]{16}\b|gh[opsu]_\w{30,}|xox[abprs]-[\w-]{10,}"
    r"|sk_live_\w{16,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.|BEGIN [A-Z ]*PRIVATE KEY-----)",
    "a password": r"(?i)\b(?:password|passwd|secret|api[_-]?key)\s*[:=]\s*(?=\S*\d)\S{6,}",
    "a path of a machine": r"(?<![\w./])/(?:home|root|etc|var/log|opt|srv)/[\w./-]+",
}
"""What gives a team away, and patterns that find it."""

_ROLES = {"call", "desk", "engineer", "lead", "manager", "on-call", "operations", "support", "team"}
"""Words of which a name of a person has none."""

_CURE = "Say it in words that customers know, or keep it under `internal:`."


def find(look: Look) -> Iterator[Spot]:
    """Find words in public texts that are not for the public."""
    patterns = {what: expression(each) for what, each in _KNOWN.items()}
    if people := _people(look):
        named = "|".join(map(re.escape, people))
        patterns["the name of who works on it"] = expression(rf"\b(?:{named})\b")
    # All texts are looked through at once: hardly ever is anything there.
    whole = "\n".join(passage.text for passage in look.passages)
    for what, pattern in patterns.items():
        for passage in look.passages if pattern.search(whole) else ():
            if found := pattern.search(passage.text):
                yield _told(passage, found[0], what)
    for own in look.config.policy.checks.internal_words:
        yield from _find_own(look, own)


def _people(look: Look) -> list[str]:
    """Tell who works on things by name; a name has two words, and is no role."""
    named = {one.assignee for one in look.site.incidents}
    named |= {one.assignee for one in look.site.maintenances}
    roles = {step.who.lower() for step in look.config.policy.escalation}
    people = (name for name in named if " " in name and name.lower() not in roles)
    return sorted(name for name in people if _ROLES.isdisjoint(name.lower().split()))


def _find_own(look: Look, own: str) -> Iterator[Spot]:
    """Find what fits a pattern of the site's own. Raises CheckError for one without an end."""
    import regex  # noqa: PLC0415 - few policies have a pattern

    pattern = regex.compile(own)
    for passage in look.passages:
        try:
            found = pattern.search(passage.text, timeout=_LONGEST)
        except TimeoutError:
            message = (
                f"content/policy.yml: checks.internal_words: {own!r} takes too long on "
                f"{passage.folder}/{passage.slug}: it goes back and forth without end"
            )
            raise CheckError(message) from None
        if found:
            yield _told(passage, found[0], "internal by policy.yml")


def _told(passage: Passage, found: str, what: str) -> Spot:
    word = found.rstrip(".,;:)")
    return passage.spot(f"{word!r} is {what}.", _CURE, word)


CHECK = Check(
    code="internal-words",
    level=Level.ERROR,
    rule="Nothing that is the team's own stands in a text that the public reads.",
    about="Names of machines, addresses, tokens, paths and people help whoever attacks you and "
    "tell customers nothing. Patterns of your own are `internal_words` under `checks:` in "
    "policy.yml.",
    find=find,
)
