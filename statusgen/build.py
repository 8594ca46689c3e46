"""The road, from content to what is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from statusgen.cache import Cache, Lost
from statusgen.content import find_documents
from statusgen.model import Rescue
from statusgen.output import Published, publish
from statusgen.parse import parse_site
from statusgen.reading import find_themes, planned
from statusgen.seal import (
    NOTHING,
    THEMES,
    Digests,
    Findings,
    Seal,
    examine,
    look,
    tool_digest,
    whole,
)
from statusgen.views import derive
from statusgen.views.audience import PUBLIC

if TYPE_CHECKING:
    from pathlib import Path

    from statusgen.artifact import Plan
    from statusgen.content import Documents
    from statusgen.model import Moment
    from statusgen.output import Output
    from statusgen.reading import Themes
    from statusgen.theme import Theme
    from statusgen.views import SiteView
    from statusgen.views.audience import Audience

WHOLE = Rescue()
"""All content could be read."""


class Order(NamedTuple):
    """What is to be built: the site at a moment, for whom, and what stands in for what it lacks."""

    moment: Moment
    audience: Audience = PUBLIC
    rescue: Rescue = WHOLE

    @property
    def is_usual(self) -> bool:
        """Whether it is for the public, and of the whole content: a seal tells of nothing else."""
        return self.audience == PUBLIC and not self.rescue.is_needed


class Draft(NamedTuple):
    """What a build would publish."""

    plan: Plan
    theme: Theme
    view: SiteView


def build(
    root: Path, output: Output, order: Order, found: Findings | None = None
) -> tuple[Published, str]:
    """Build the site as it is at a moment; nothing is written if anything is wrong.

    `found` is what there is to read, and what stands as the last build left it. Tells what was
    done, and what was withheld.
    """
    moment = order.moment
    found = found or examine(
        root, output.public, output.outbox, moment.as_of, is_clock=moment.is_clock
    )
    if found.is_done and not output.is_clean and order.is_usual:
        return Published(unchanged=found.standing), found.told
    try:
        return _write(root, output, order, NOTHING if output.is_clean else found)
    except Lost:  # what was kept of earlier builds cannot be used
        return _write(root, output, order, NOTHING)


def _write(root: Path, output: Output, order: Order, found: Findings) -> tuple[Published, str]:
    before = look(str(root), THEMES)
    cache = Cache(
        output.public,
        order.moment,
        is_new=not found.read,
        audience=order.audience,
        meanwhile=_prepare,
        is_lasting=True,
    )
    documents = find_documents(root, found.read, cache)  # what is not known is read as it is parsed
    draft = make(documents, order, cache, find_themes(root, cache.place))
    is_steady = before == look(str(root), THEMES)  # else nobody knows which of both was read
    is_sealed = is_steady and order.is_usual
    seal = _new_seal(documents.digests | before, order.moment, draft.view) if is_sealed else None
    published = publish(draft.plan, draft.theme, output, found, seal)  # what changed
    cache.save()
    draft.theme.keep()
    return published, str(draft.view.withheld)


def make(documents: Documents, order: Order, cache: Cache, themes: Themes) -> Draft:
    """Make what a build would publish.

    Raises ContentErrors, ThemeError, and Lost where the cache cannot be used after all.
    """
    config, site = parse_site(documents, order.moment, themes.problems, cache.recall)
    site = replace(site, rescue=order.rescue)
    view = derive(site, config, order.moment, order.audience, cache.archive())  # what is true then
    theme = themes.load(config.theme)
    return Draft(planned(view, theme), theme, view)


def _new_seal(sources: Digests, moment: Moment, view: SiteView) -> Seal:
    """Seal what was read, and how long that holds."""
    return Seal(
        tool=tool_digest(),
        is_clock=moment.is_clock,
        since=moment.as_of.timestamp(),
        until=view.until.timestamp(),
        read=whole(sources),
        told=str(view.withheld),
    )


def _prepare() -> None:
    """Do what every page needs and takes its time, while helpers read documents."""
    # Most builds find that there is nothing to render, so that it is imported no sooner.
    import statusgen.renderers  # noqa: PLC0415 - as above
    import statusgen.theme  # noqa: F401, PLC0415 - as above

    tool_digest()
