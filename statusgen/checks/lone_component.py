"""Where components stand in groups, each has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.config import Level
from statusgen.findings.finding import Check, Look, Spot
from statusgen.model import Component, ComponentGroup

if TYPE_CHECKING:
    from collections.abc import Iterator


def find(look: Look) -> Iterator[Spot]:
    """Find components beside the groups."""
    entries = look.site.components
    if not any(isinstance(one, ComponentGroup) for one in entries):
        return
    for one in entries:
        if isinstance(one, Component) and not one.retired:
            yield Spot(
                folder="",
                slug="components",
                word=f"id: {one.id}",
                cause=f"{one.id!r} stands in no group, and others do.",
                cure="Put it into the one that customers would look in.",
            )


CHECK = Check(
    code="lone-component",
    level=Level.NOTE,
    rule="Where components stand in groups, each has one.",
    about="Between groups that fold, a single component looks like a heading and is overlooked.",
    find=find,
)
