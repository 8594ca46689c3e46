"""The command line with fewer renderers, so that it makes the files that Hugo makes too.

`python -m benchmarks.same build …`: mails, JSON, what is searched and tables are left out, and
what renders is imported as late as in every other build.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from typing import TYPE_CHECKING

from statusgen.cli import main

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

_NAME = "statusgen.renderers"


class _Fewer(SourceFileLoader):
    """Loads the renderers, and takes out of their list those that Hugo has nothing like."""

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        every = module.RENDERERS
        others = (module.api, module.email, module.search, module.tables)
        kept = tuple(each for each in every if each not in others)
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
