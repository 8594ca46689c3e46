"""Tables for programs and spreadsheets (RFC 4180)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.artifact import Artifact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.theme import Theme
    from statusgen.views import SiteView
    from statusgen.views.report import ReportTable

HEADER = (
    "month",
    "component",
    "name",
    "group",
    "uptime_percent",
    "major_outage_seconds",
    "partial_outage_seconds",
    "known_seconds",
)
"""The columns of the uptime report."""


def artifacts(view: SiteView, _theme: Theme) -> Iterator[Artifact]:
    """Tell the tables."""
    yield Artifact(path=view.report_table.path, view=view.report_table, render=csv)


def csv(view: ReportTable, _theme: Theme) -> bytes:
    """Write the uptime report, a line for each month of each component."""
    rows = (
        (
            f"{one.month:%Y-%m}",
            one.component,
            one.name,
            one.group,
            "" if one.uptime is None else _percent(one.uptime),
            str(one.major) if one.known else "",
            str(one.partial) if one.known else "",
            str(one.known),
        )
        for one in view.records
    )
    return "".join(f"{','.join(map(_field, row))}\r\n" for row in (HEADER, *rows)).encode()


def _percent(share: float) -> str:
    """Write a share in percent, never rounded up."""
    millionths = int(share * 1_000_000 + 1e-6)
    return f"{millionths // 10_000}.{millionths % 10_000:04}"


def _field(text: str) -> str:
    """Write a field, in quotes where it holds what parts fields."""
    if any(sign in text for sign in ',"\r\n') or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text
