"""Regular expressions, each compiled when it is first asked: a command asks few of those there are.

To compile all of them as modules are imported takes a twentieth of a build that changes one file.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Expression:
    """A regular expression that is compiled when it is first asked for anything but its text."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self.pattern = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a compiled one has
        found = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, found)  # what is kept here is not asked for here again
        return found


def expression(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Give what `re.compile` gives, but compile it when it is first used.

    Raises `re.error` then, and not here.
    """
    return cast("re.Pattern[AnyStr]", _Expression(text, flags))
