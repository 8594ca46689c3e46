"""Folders to build into: on a RAM disk where there is one, open to whoever a test turns into."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

RAM_DISK = Path("/dev/shm")  # noqa: S108 - only the parent of folders with names of their own
NOBODY = 65534
"""The user that owns nothing, as whom root too is told "permission denied"."""


@contextmanager
def new_folder() -> Iterator[Path]:
    """Make a folder that is gone afterwards."""
    parent = RAM_DISK if os.access(RAM_DISK, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=parent) as name:
        folder = Path(name).resolve()
        folder.chmod(0o755)
        yield folder


@contextmanager
def without_rights() -> Iterator[None]:
    """Go on as a user who may not do everything."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)
