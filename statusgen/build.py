"""The road, from content to what is published."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from statusgen.content import read_documents
from statusgen.output import publish
from statusgen.parse import parse_site
from statusgen.renderers import plan
from statusgen.theme import Theme
from statusgen.views import derive

if TYPE_CHECKING:
    from pathlib import Path

    from statusgen.config import Config
    from statusgen.model import Moment, Site
    from statusgen.output import Output, Published
    from statusgen.views.audience import Withheld


def read(root: Path, moment: Moment) -> tuple[Config, Site, Theme]:
    """Read content and theme, or tell every problem of both."""
    config, site = parse_site(read_documents(root), moment, partial(Theme.problems, root))
    return config, site, Theme.load(root, config.theme)


def build(root: Path, output: Output, moment: Moment) -> tuple[Published, Withheld]:
    """Build the site as it is at a moment; nothing is written if anything is wrong."""
    config, site, theme = read(root, moment)  # files → facts
    view = derive(site, config, moment)  # facts → what is true at that moment, for the public
    artifacts = plan(view, theme)  # what should exist
    return publish(artifacts, theme, output), view.withheld  # what changed
