"""Files that are published as they are: the theme's, and the site's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statusgen.artifact import Artifact
from statusgen.model import Asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.theme import Theme
    from statusgen.views import SiteView


def artifacts(view: SiteView, theme: Theme) -> Iterator[Artifact]:
    """Tell the static files."""
    own = (Asset(path=path, data=data) for path, data in theme.static_files().items())
    for asset in (*own, *view.assets):
        yield Artifact(path=asset.path, view=asset, render=render, is_raw=True)


def render(asset: Asset, _theme: Theme) -> bytes:
    """Give a file's bytes."""
    return asset.data
