"""One file that should exist: its path, what it shows, and how it is rendered."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from msgspec import Struct

from statusgen.theme import Theme


class Folder(StrEnum):
    """Where an artifact belongs: the site that is published, or the mails, which are not."""

    PUBLIC = "public"
    OUTBOX = "outbox"


class Artifact(Struct, frozen=True, kw_only=True):
    """A file that should exist. `render(view, theme)` gives its bytes, from nothing else."""

    path: str
    view: Any
    render: Callable[[Any, Theme], bytes]
    folder: Folder = Folder.PUBLIC


def fingerprint(artifact: Artifact, theme: Theme, tool: str) -> str:
    """Digest everything that the bytes of an artifact hang on; `tool` stands for the program."""
    digest = blake2b(digest_size=16)
    render = artifact.render
    for part in (tool, theme.digest, render.__module__, render.__qualname__):
        digest.update(part.encode() + b"\0")
    # The quicker encodings tell neither a time's zone nor the type of what is nested.
    digest.update(repr(artifact.view).encode())
    return digest.hexdigest()
