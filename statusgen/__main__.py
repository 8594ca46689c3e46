"""Where the program begins: the console script, and `python -m statusgen`."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NoReturn

_MANY = 50_000
"""So many more objects than before are worth a look for garbage: Python itself looks each 700."""


def main() -> NoReturn:
    """Run the command line."""
    # Nearly all that is made first, by imports above all, is needed to the end.
    gc.set_threshold(_MANY)
    from statusgen.cli import main as run  # noqa: PLC0415 - as above

    run()


if __name__ == "__main__":
    main()
