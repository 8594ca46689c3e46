"""Word to a hub that feeds have changed, so that whoever follows them hears of it at once.

WebSub (W3C) leaves open how a publisher tells its hub; this is the form that PubSubHubbub 0.4 had,
which the public hubs take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from statusgen import __version__
from statusgen.errors import HubError
from statusgen.views.feed import ENDINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from statusgen.config import Config
    from statusgen.views import SiteView

_PATIENCE = 20
"""Seconds after which a hub that says nothing is given up."""


def topics(config: Config, view: SiteView) -> list[str]:
    """Tell the addresses of all feeds. Raises HubError where the site names no hub."""
    if not config.hub:
        message = "content/site.yml names no hub: add feeds: {hub: https://…}"
        raise HubError(message)
    names = [config.url + tree.path + each for tree in view.trees for each in tree.feed_names]
    return [f"{name}{ending}" for name in names for ending in ENDINGS]


def ping(hub: str, topics: Sequence[str]) -> None:
    """Tell a hub the addresses of feeds that may have changed. Raises HubError."""
    data = urlencode([("hub.mode", "publish"), *(("hub.url", topic) for topic in topics)])
    headers = {"User-Agent": f"statusgen/{__version__}"}
    # The settings take no other scheme than http: and https:.
    request = Request(hub, data.encode(), headers)  # noqa: S310 - as above
    try:
        with urlopen(request, timeout=_PATIENCE):  # noqa: S310 - as above
            pass
    except (URLError, OSError, ValueError) as error:
        message = f"{hub}: was not told: {error}"
        raise HubError(message) from error
