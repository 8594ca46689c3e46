"""Compiled templates, kept from build to build: to compile them takes longer than to use them.

Those of the shipped theme are kept beside the program, where Python keeps its own modules compiled;
those of a site are kept by the site.
"""

from __future__ import annotations

import marshal
import os
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import TYPE_CHECKING, cast

import jinja2

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2.bccache import Bucket

    from statusgen.theme.templates import Templates

NAME = "templates"
"""The file in which they are kept."""

COMMON = Path(__file__).parents[1] / "__pycache__"
"""The folder in which all sites keep those of the shipped theme."""

Kept = dict[str, tuple[str, bytes]]
"""Of each template, by Jinja's key for it: the digest of its source, and its code."""

_SEAL = 32
"""How many bytes the seal at the head of the file has."""


class Store:
    """The templates that are kept in one folder, in one file.

    A file that is not whole, or that another Python, Jinja or statusgen has written, counts as
    none; where nothing can be written, nothing is kept.
    """

    def __init__(self, folder: Path, manner: str = "") -> None:
        self.place = folder / (f"{NAME}-{manner}" if manner else NAME)
        self.kept = _read(self.place)
        self.fresh: Kept = {}

    def keep(self) -> None:
        """Write down what is fresh, beside what other processes have kept meanwhile."""
        if self.fresh:
            self.kept = _read(self.place) | self.kept | self.fresh
            self.fresh = {}
            _write(self.place, self.kept)


class Compiled(jinja2.BytecodeCache):
    """The templates that were compiled in this build and in those before it.

    `own` is the folder of the site; `is_shipped` tells of a template by its name, `manner` is what
    else its code hangs on, as the digest of what its phrases say.
    """

    def __init__(self, own: Path, is_shipped: Callable[[str], bool], manner: str = "") -> None:
        self.own = Store(own, manner)
        self.common = Store(COMMON, manner)
        self.is_shipped = is_shipped
        self.stores: dict[str, Store] = {}

    def get_bucket(
        self, environment: jinja2.Environment, name: str, filename: str | None, source: str
    ) -> Bucket:
        """Find what is kept of a template, and of what was put into it, and remember where."""
        key = self.get_cache_key(name, filename)
        parts = cast("Templates", environment).parts(source)
        is_shipped = all(map(self.is_shipped, (name, *parts)))
        self.stores[key] = self.common if is_shipped else self.own
        return super().get_bucket(environment, name, filename, "\0".join((source, *parts.values())))

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a template, if it was compiled from the very same source."""
        source, code = self.stores[bucket.key].kept.get(bucket.key, ("", b""))
        if source == bucket.checksum:
            bucket.code = marshal.loads(code)  # noqa: S302 - it was sealed by ourselves

    def dump_bytecode(self, bucket: Bucket) -> None:
        kept = (bucket.checksum, marshal.dumps(bucket.code))
        self.stores[bucket.key].fresh[bucket.key] = kept

    def keep(self) -> None:
        """Write down what is fresh."""
        self.own.keep()
        self.common.keep()


def _read(place: Path) -> Kept:
    try:
        data = place.read_bytes()
    except OSError:
        return {}  # there is none yet, or none that we may read
    seal, body = data[:_SEAL], data[_SEAL:]
    if seal != _seal(body):
        return {}
    kept: Kept = marshal.loads(body)  # noqa: S302 - it was sealed by ourselves
    return kept


def _write(place: Path, kept: Kept) -> None:
    """Write the file whole or not at all; a disk that is full or read-only is no error."""
    body = marshal.dumps(kept)
    own = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        own.write_bytes(_seal(body) + body)
        own.replace(place)
    except OSError:
        with suppress(OSError):
            own.unlink()


def _seal(body: bytes) -> bytes:
    """Digest what is kept, together with everything but the sources that it hangs on."""
    return blake2b(body, key=_makers(), digest_size=_SEAL).digest()


@cache
def _makers() -> bytes:
    """Digest what makes code from a source: Python, Jinja, and how it is set up in this folder."""
    setup = [path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))]
    makers = (MAGIC_NUMBER, jinja2.__version__.encode(), *setup)
    return blake2b(b"\0".join(makers), digest_size=_SEAL).digest()
