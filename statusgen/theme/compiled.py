"""Compiled templates, kept from build to build: to compile them takes longer than to use them."""

from __future__ import annotations

import marshal
import os
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

if TYPE_CHECKING:
    from jinja2.bccache import Bucket

NAME = "templates"
"""The file in which they are kept."""

Kept = dict[str, tuple[str, bytes]]
"""Of each template, by Jinja's key for it: the digest of its source, and its code."""

_SEAL = 32
"""How many bytes the seal at the head of the file has."""


class Compiled(jinja2.BytecodeCache):
    """The templates that were compiled in this build and in those before it, in one file.

    A file that is not whole, or that another Python, Jinja or statusgen has written, counts as
    none; where nothing can be written, nothing is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.place = folder / NAME
        self.kept = _read(self.place)
        self.fresh: Kept = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a template, if it was compiled from the very same source."""
        source, code = self.kept.get(bucket.key, ("", b""))
        if source == bucket.checksum:
            bucket.code = marshal.loads(code)  # noqa: S302 - it was sealed by ourselves

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.fresh[bucket.key] = (bucket.checksum, marshal.dumps(bucket.code))

    def keep(self) -> None:
        """Write down what is fresh, beside what other processes have kept meanwhile."""
        if self.fresh:
            self.kept = _read(self.place) | self.kept | self.fresh
            self.fresh = {}
            _write(self.place, self.kept)


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
    own = place.with_name(f"{NAME}.{os.getpid()}")
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
