"""What is ours of a folder, and what it was made from.

The manifest lies outside the published folder: `<name>.json` in a folder `.statusgen` beside the
folder of that name.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec
from msgspec import Raw, Struct

from statusgen.expression import expression
from statusgen.seal import manifest_path, read_file

_READ = (1, 2)
"""The versions of manifests that are read: the first knew no bundles."""
_ODD = expression(r"(?:^|/)\.{0,2}(?:/|$)")
"""A step of a path that leads nowhere, or out."""

encode = msgspec.json.Encoder(order="sorted").encode


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """What the manifest knows of a file: what it was made from, and what came of it."""

    fingerprint: str
    digest: str


_files = msgspec.json.Decoder(dict[str, Entry]).decode


class Bundled(Struct, frozen=True, array_like=True):
    """What the manifest knows of a bundle: what it was made from, how many files, and each."""

    fingerprint: str
    count: int
    files: Raw


class Manifest(Struct, frozen=True, kw_only=True):
    """The files of one folder that are ours, those of bundles apart."""

    version: int = 2
    files: dict[str, Entry] = {}
    bundles: dict[str, Bundled] = {}


def place_of(target: Path) -> Path:
    """Tell where the manifest of a folder lies."""
    return Path(manifest_path(str(target)))


def read_manifest(path: Path) -> Manifest:
    """Read what is ours; a manifest that is damaged or of another version counts as none."""
    data = read_regular(str(path))
    if data is None:
        return Manifest()
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Manifest()
    is_safe = not any(map(_ODD.search, manifest.files))  # what leads out is not removed
    return manifest if manifest.version in _READ and is_safe else Manifest()


def packed(mark: str, files: dict[str, Entry]) -> Bundled:
    """Tell of a bundle by the files that it holds."""
    return Bundled(mark, len(files), Raw(encode(files)))


def unpacked(bundled: Bundled | None) -> dict[str, Entry]:
    """Read what the manifest knows of a bundle's files."""
    try:
        found = _files(bundled.files) if bundled else {}
    except msgspec.DecodeError:
        return {}
    return {path: entry for path, entry in found.items() if not _ODD.search(path)}


def read_regular(path: str) -> bytes | None:
    """Read a file; None if there is none that could be left as it is."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return None
        return read_file(path)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
