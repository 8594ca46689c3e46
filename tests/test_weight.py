"""A page comes in one round trip, and does not grow with the history."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from benchmarks.weight import weight
from tests import examples
from tests.worlds import publish

REAL = Path(__file__).parents[2] / "shared" / "real" / "github" / "content"

LIMIT = 14 * 1024
"""How many bytes a server may send before it hears of the first (ten segments, RFC 6928)."""
REAL_LIMIT = 30 * 1024
SCRIPTS = 3 * 1024


def test_example() -> None:
    """Home of the example comes in one round trip, with all that it fetches; scripts are few."""
    found = weight(examples.own().public)
    assert sum(found.values()) <= LIMIT, found
    assert found.get("JavaScript", 0) <= SCRIPTS, found


@pytest.mark.skipif(
    not REAL.is_dir(), reason="the real history lies only beside the checkout of its keepers"
)
def test_real_history(tmp_path: Path) -> None:
    """With a history of years, home is hardly heavier."""
    copytree(REAL, tmp_path / "content")
    publish(tmp_path, as_of="2025-01-15 00:00")
    found = weight(tmp_path / "public")
    assert sum(found.values()) <= REAL_LIMIT, found


def test_what_a_page_fetches(tmp_path: Path) -> None:
    """Counted is what a browser fetches by itself, once each: no link, no feed."""
    files = {
        "a/index.html": '<link rel="alternate" href="../feed.rss"><link rel="stylesheet" '
        'href="../s.css"><link rel="icon" href="../i.svg"><script src="../p.js"></script>'
        '<img src="../i.svg"><a href="../">Home</a>',
        "s.css": "a{}" * 99,
        "i.svg": "<svg/>",
        "p.js": "x",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    found = weight(tmp_path, "a/index.html")
    assert found.keys() == {"HTML", "CSS", "icon", "JavaScript"}
    assert found["CSS"] < len(files["s.css"])
    assert found["icon"] < 40
