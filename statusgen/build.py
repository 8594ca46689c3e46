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
from statusgen.views.audience import PUBLIC

if TYPE_CHECKING:
    from pathlib import Path

    from statusgen.config import Config
    from statusgen.model import Moment, Site
    from statusgen.output import Output, Published
    from statusgen.views.audience import Audience, Withheld


def read(root: Path, moment: Moment) -> tuple[Config, Site, Theme]:
    """Read content and theme, or tell every problem of both."""
    config, site = parse_site(read_documents(root), moment, partial(Theme.problems, root))
    return config, site, Theme.load(root, config.theme)


def build(root: Path, output: Output, moment: Moment) -> tuple[Published, Withheld]:
    """Build the site as it is at a moment; nothing is written if anything is wrong."""
    return write(read(root, moment), output, moment)  # files → facts → files


def write(
    given: tuple[Config, Site, Theme], output: Output, moment: Moment, audience: Audience = PUBLIC
) -> tuple[Published, Withheld]:
    """Write what was read, as the public may see it; only a preview names another audience."""
    config, site, theme = given
    view = derive(site, config, moment, audience)  # facts → what is true at that moment
    artifacts = plan(view, theme)  # what should exist
    return publish(artifacts, theme, output), view.withheld  # what changed
