"""The road, from content to what is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.content import read_documents
from statusgen.output import publish
from statusgen.parse import parse_site
from statusgen.renderers import plan
from statusgen.theme import Theme
from statusgen.views import derive

if TYPE_CHECKING:
    from pathlib import Path

    from statusgen.model import Moment
    from statusgen.output import Output, Published
    from statusgen.views.audience import Withheld


def build(root: Path, output: Output, moment: Moment) -> tuple[Published, Withheld]:
    """Build the site as it is at a moment; nothing is written if anything is wrong."""
    config, site = parse_site(read_documents(root), moment)  # files → facts, or every problem
    view = derive(site, config, moment)  # facts → what is true at that moment, for the public
    theme = Theme.load(root, config.theme)
    artifacts = plan(view, theme)  # what should exist
    return publish(artifacts, theme, output), view.withheld  # what changed
