"""Old addresses: each leads to the page that stands for what stood there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from statusgen.views.page import Promise, View, key_of, maintenance_path
from statusgen.views.summary import incident_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from statusgen.views.present import Present

OldAddress = tuple[str, str]
"""An old path below the site, as it stands in links (`issues/17/`), and the path of the page."""

_FILES = (".html", ".htm")
"""What an old address ends in that was a file; at the end of any other stands a page."""


class MovedPage(View, frozen=True, kw_only=True):
    """What stands at an old address; `to` leads from there to the page, `url` is its own."""

    path: str
    to: str
    url: str
    language: str
    site_title: str


class MovedView(View, frozen=True, kw_only=True):
    """All old addresses as paths of the published folder, each with the page to which it leads.

    That is a path of the host, since a host sends it as it stands.
    """

    rules: tuple[tuple[str, str], ...]


def old_addresses(present: Present) -> Iterator[OldAddress]:
    """Tell the old addresses that content names."""
    for incident in present.site.incidents:
        for alias in incident.aliases:
            yield alias.removeprefix("/"), incident_path(incident.slug)
    for maintenance in present.site.maintenances:
        for alias in maintenance.aliases:
            yield alias.removeprefix("/"), maintenance_path(maintenance.slug)


def moved_pages(
    present: Present, addresses: Iterable[OldAddress]
) -> tuple[Promise[MovedPage], ...]:
    """Promise a page at each old address, for hosts that have no rules."""
    config = present.config
    surroundings = key_of((config.url, config.language, config.title))

    def promise(path: str, new: str) -> Promise[MovedPage]:
        def make() -> MovedPage:
            return MovedPage(
                path=path,
                to="../" * path.count("/") + new,
                url=config.url + new,
                language=config.language,
                site_title=config.title,
            )

        return Promise(path=path, make=make, made_from=lambda: (path, new), shared=surroundings)

    places = {place_of(old): new for old, new in sorted(addresses)}
    return tuple(
        promise(path, new) for path, new in places.items() if not _is_below_a_file(path, places)
    )


def moved_view(present: Present, addresses: Iterable[OldAddress]) -> Promise[MovedView]:
    """Promise the rules, for hosts that have such."""
    base = present.config.base_path
    known = sorted((f"/{old}", base + new) for old, new in addresses)
    return Promise(
        path="_redirects", make=lambda: MovedView(rules=tuple(known)), made_from=lambda: known
    )


def place_of(old: str) -> str:
    """Tell which file answers for an old address."""
    path = unquote(old)
    return path if path.endswith(_FILES) else f"{path.rstrip('/')}/index.html"


def _is_below_a_file(path: str, places: dict[str, str]) -> bool:
    steps = path.split("/")
    return any("/".join(steps[:count]) in places for count in range(1, len(steps)))
