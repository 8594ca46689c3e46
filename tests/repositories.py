"""Repositories of git, as those who use statusgen have them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def git(place: Path, *words: str) -> str:
    """Run git in a folder, as somebody with a name."""
    settings = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    done = subprocess.run(
        ["git", "-C", str(place), *settings, *words],  # noqa: S607 - the user's git
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
