"""The command line with fewer renderers, so that it makes the files that Hugo makes too.

`python -m benchmarks.same build …`: only home, incidents, the history, their static files and one
feed are left, and what renders is imported as late as in every other build.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from itertools import islice
from typing import TYPE_CHECKING

from statusgen.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

    from statusgen.artifact import Artifact, Bundle
    from statusgen.theme import Theme
    from statusgen.views import TreeView

_NAME = "statusgen.renderers"


_OTHERS = ("components/", "uptime/")
"""Where pages lie that Hugo's theme has nothing like."""


class _Pages:
    """The renderer of pages, but for those of components and of their uptime."""

    def __init__(self, html: ModuleType) -> None:
        self.__name__ = html.__name__
        self.html = html

    def artifacts(self, view: TreeView, theme: Theme) -> Iterator[Artifact | Bundle]:
        for one in self.html.artifacts(view, theme):
            # A bundle has no path; to ask for its type would import it before the program begins.
            if not getattr(one, "path", "").startswith(_OTHERS):
                yield one


class _OneFeed:
    """The renderer of feeds, of which Hugo makes the first."""

    def __init__(self, feeds: ModuleType) -> None:
        self.__name__ = feeds.__name__
        self.feeds = feeds

    def artifacts(self, view: TreeView, theme: Theme) -> Iterator[Artifact]:
        return islice(self.feeds.artifacts(view, theme), 1)


class _Fewer(SourceFileLoader):
    """Loads the renderers, and takes out of their list those that Hugo has nothing like."""

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        kept = (_Pages(module.html), module.static, module.crawlers, _OneFeed(module.feeds))
        vars(module)["RENDERERS"] = kept


class _Finder(PathFinder):
    """Finds the renderers when they are asked for; all else is found as ever."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _NAME:
            return None
        spec = super().find_spec(fullname, path, target)
        if spec and spec.origin:
            spec.loader = _Fewer(fullname, spec.origin)
        return spec


if __name__ == "__main__":
    sys.meta_path.insert(0, _Finder)
    main()
