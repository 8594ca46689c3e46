"""Static files are published as they are, under names that may be kept for ever."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from statusgen.views.status import Indicator
from tests import examples
from tests.worlds import MINIMAL, is_moved, publish, tree, write

if TYPE_CHECKING:
    from pathlib import Path


def test_own_files() -> None:
    """What lies in content/files/ is published byte for byte, below files/."""
    published = tree(examples.own().public / "files")
    assert published == tree(examples.ROOT / "content/files")
    assert published


def test_files_of_the_theme() -> None:
    """The theme's files have a digest in their names; a template's ending is gone."""
    names = sorted(tree(examples.own().public / "static"))
    states = ["", *(f"-{indicator}" for indicator in Indicator)]
    icons = [f"icon{each}.….svg" for each in states]
    pictures = [f"picture{each}.….png" for each in states]
    scripts = [f"{name}.….js" for name in ("languages", "page", "search")]
    told = sorted(re.sub(r"[0-9a-f]{8}", "…", name) for name in names)
    styles = ["style.….css", "widget.….css"]
    assert told == sorted([*icons, *pictures, *scripts, *styles])


def test_changed_file(tmp_path: Path) -> None:
    """A static file that changes gets a new name, every page asks for it, and the old one goes."""
    root = write(tmp_path, MINIMAL)
    publish(root)
    before = tree(root / "public")
    write(root, {"overrides/static/style.css.j2": "body { color: {{ theme.options.accent }} }"})
    publish(root)
    after = tree(root / "public")
    (old,) = before.keys() - after.keys()
    (new,) = after.keys() - before.keys()
    widget = after.pop("widget/index.html")
    assert old.encode() not in widget
    for path, data in after.items():
        assert old.encode() not in data
        assert is_moved(path) or (new.encode() in data) == path.endswith(".html"), path


def test_style_asks_for_nothing() -> None:
    """A style sheet asks for no other file: not a font, not a picture, not another sheet."""
    styles = [*(examples.own().public / "static").glob("*.css")]
    assert len(styles) == 2
    for style in styles:
        text = style.read_text(encoding="utf-8")
        assert not re.search(r"url\(|@import|https?:", text)
        assert "{{" not in text
