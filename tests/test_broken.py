"""Every mistake is told by one exact message: tests/sites/broken/ holds the mistakes.

`incidents/misspelt-status.md` is that file of an otherwise good site, and
`incidents/misspelt-status.txt` is what is said of it; `site/`, `components/` and `policy/` hold
mistakes of the settings, `several/` those that take more than one file.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from statusgen.content import SETTINGS
from tests.worlds import INCIDENT, MINIMAL, Files, problems

BROKEN = Path(__file__).parent / "sites" / "broken"
SEVERAL = "several"
EXPECTED = sorted(BROKEN.glob("*/*.txt"))
MANY = {
    "broken-yaml-and-a-misspelt-status",
    "mistakes-in-every-file",
    "unknown-zone-hides-no-time-that-names-its-own",
}
"""Where there is more than one mistake, and so more than one message."""


def world(expected: Path) -> Files:
    """Find the files whose mistakes a text tells."""
    kind, name = expected.parent.name, expected.stem
    if kind == SEVERAL:
        root = expected.with_suffix("")
        files = (path for path in root.rglob("*") if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
    (mistake,) = (path for path in expected.parent.glob(f"{name}.*") if path != expected)
    is_setting = f"{kind}.yml" in SETTINGS
    path = f"content/{kind}.yml" if is_setting else f"content/{kind}/{mistake.name}"
    return {path: mistake.read_bytes()}


@pytest.mark.parametrize(
    "expected", EXPECTED, ids=lambda path: path.relative_to(BROKEN).with_suffix("").as_posix()
)
def test_a_mistake_is_told_by_its_exact_message(expected: Path) -> None:
    """A mistake is told once, with file, line, address, cause and what would be right."""
    told = problems(world(expected))
    assert "\n".join(told) + "\n" == expected.read_text(encoding="utf-8")
    assert len(told) == 1 or expected.stem in MANY


def test_every_mistake_has_its_message() -> None:
    """No file of tests/sites/broken/ is left untested."""
    known = {path.with_suffix("") for path in EXPECTED}
    assert {path.with_suffix("") for path in BROKEN.glob("*/*")} == known


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_mistake_is_told_at_a_line_that_is_there(expected: Path) -> None:
    """An editor that jumps to the place of a message finds it."""
    files = MINIMAL | world(expected)
    for line in expected.read_text(encoding="utf-8").splitlines():
        place = re.match(r"(content/.*?):(\d+): \S", line)
        assert place
        if content := files.get(place[1]):
            text = content if isinstance(content, str) else content.decode()
            assert 1 <= int(place[2]) <= text.count("\n") + 1


UNWRITABLE: dict[str, tuple[bytes, str]] = {
    "Latin-1": (
        INCIDENT.replace("The API", "Das Café").encode("latin-1"),
        "2: file: is not UTF-8 (byte 0xE9): save it as UTF-8",
    ),
    "UTF-16": (
        INCIDENT.encode("utf-16"),
        "1: file: is not UTF-8 (byte 0xFF): save it as UTF-8",
    ),
    "a NUL": (
        INCIDENT.replace("looking", "look\0ing").encode(),
        "9: file: holds an invisible control character, U+0000: remove it",
    ),
    "an escape sequence": (
        INCIDENT.replace("looking", "\x1b[1mlooking").encode(),
        "9: file: holds an invisible control character, U+001B: remove it",
    ),
    "a line separator": (
        INCIDENT.replace("The API", "The\u2028API").encode(),
        "2: file: holds an invisible control character, U+2028: remove it",
    ),
    "nesting without end": (
        b"---\ntitle: " + b"[" * 100_000 + b"\n---\n",
        "2: front matter: nests deeper than 20 levels",
    ),
    "blocks without end": (
        b"---\ntitle:\n" + b"- " * 100_000 + b"\n---\n",
        "3: front matter: nests deeper than 20 levels",
    ),
    "no byte at all": (b"", "1: file: is empty: write it, or remove it"),
}


@pytest.mark.parametrize("name", UNWRITABLE)
def test_what_an_editor_would_mangle_is_told_by_its_exact_message(name: str) -> None:
    """Bytes that no file of this repository could keep are told as exactly as the rest."""
    content, message = UNWRITABLE[name]
    files: Files = {"content/incidents/slow.md": content}
    # The second of those without end says no more than the first.
    assert problems(files)[:1] == [f"content/incidents/slow.md:{message}"]
