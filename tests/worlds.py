"""Whole sites as dictionaries of paths and contents, so that a test shows all that matters."""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

from statusgen.build import Order, build
from statusgen.content import read_documents
from statusgen.errors import ContentErrors
from statusgen.model import Moment
from statusgen.output import Output
from statusgen.parse import parse_site
from statusgen.views import derive

if TYPE_CHECKING:
    from statusgen.config import Config
    from statusgen.model import Site
    from statusgen.output import Published
    from statusgen.views import SiteView

Files = dict[str, str | bytes]

MINIMAL: Files = {
    "content/site.yml": """
        title: Example
        url: https://status.example.com/
        since: 2026-01-01
    """,
    "content/components.yml": """
        - id: api
          name: API
        - id: db
          name: Database
    """,
}
"""The smallest site with two components; a test adds files, or writes over these."""

INCIDENT = """\
---
title: The API is slow
severity: SEV-2
started: 2026-01-02 17:00 UTC
components:
  api: partial_outage
---

[INVESTIGATING] We are looking into it.
Updated: 17:05 UTC
"""
"""An open incident that is right in every point; a test changes one part of it."""


def at(text: str) -> datetime:
    """Write a moment briefly: `at("2026-01-02 17:05")`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def write(root: Path, files: Files) -> Path:
    """Write a site below a folder; indented texts lose their indent, bytes stay as they are."""
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            place.write_bytes(content)
        else:
            text = dedent(content)
            place.write_text(text.lstrip("\n"), encoding="utf-8", newline="")
    return root


def parse(
    files: Files, *, as_of: str = "2026-01-03 12:00", clock: bool = False
) -> tuple[Config, Site]:
    """Read the minimal site with these files added."""
    moment = Moment(as_of=at(as_of), is_clock=clock)
    with tempfile.TemporaryDirectory() as folder:
        root = write(Path(folder), MINIMAL | files)
        return parse_site(read_documents(root), moment)


def problems(files: Files, *, as_of: str = "2026-01-03 12:00", clock: bool = False) -> list[str]:
    """List the problems of the minimal site with these files added, as they are printed."""
    try:
        parse(files, as_of=as_of, clock=clock)
    except ContentErrors as error:
        return [str(problem) for problem in error.problems]
    return []


def view(files: Files, *, as_of: str = "2026-01-03 12:00", clock: bool = False) -> SiteView:
    """Derive the minimal site with these files added."""
    moment = Moment(as_of=at(as_of), is_clock=clock)
    config, site = parse(files, as_of=as_of, clock=clock)
    return derive(site, config, moment)


def publish(
    root: Path, *, as_of: str = "2026-01-03 12:00", clock: bool = False, clean: bool = False
) -> tuple[Published, str]:
    """Build the site of a folder into its `public/` and `outbox/`."""
    output = Output(public=root / "public", outbox=root / "outbox", is_clean=clean)
    return build(root, output, Order(Moment(as_of=at(as_of), is_clock=clock)))


def is_moved(path: str | Path) -> bool:
    """Whether a file is what stands at the address that Statuspage would have: it leads on."""
    return re.fullmatch(r"(.*/)?incidents/[0-9a-z]{12}/index\.html", str(path)) is not None


def tree(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
