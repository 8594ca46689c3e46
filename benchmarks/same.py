"""`python -m benchmarks.same build …`: the command line, making the set of files that Hugo makes.

That is everything but the mails. Nothing is imported earlier than a build would import it.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from typing import TYPE_CHECKING

from statusgen.cli import main

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

NAME = "statusgen.renderers"


class _WithoutMails(MetaPathFinder):
    """Takes the mails out of the renderers once they have been imported."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != NAME:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec  # noqa: S101 - statusgen is installed
        assert spec.loader  # noqa: S101 - and a file
        execute = spec.loader.exec_module

        def run(module: ModuleType) -> None:
            execute(module)
            module.RENDERERS = tuple(  # type: ignore[attr-defined] # a module's own name
                each for each in module.RENDERERS if each.__name__ != f"{NAME}.email"
            )

        spec.loader.exec_module = run  # type: ignore[method-assign] # for this one module
        return spec


if __name__ == "__main__":
    sys.meta_path.insert(0, _WithoutMails())
    main()
