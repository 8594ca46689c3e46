"""Same content, same moment, same bytes, whatever the machine is like."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.folders import new_folder
from tests.worlds import tree

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[1]
CONTENT = PROJECT / "content"
MOMENT = "2026-01-14 09:40 UTC"

Built = dict[str, bytes]


def locales() -> list[str]:
    """List the locales that this machine has, two of them at most with a language of their own."""
    command = shutil.which("locale")
    if command is None:
        return ["C"]
    done = subprocess.run([command, "-a"], capture_output=True, text=True, check=True)
    names = done.stdout.split()
    plain = [name for name in names if name.startswith("C")]
    others = sorted((name for name in names if name.startswith(("de", "fr", "tr"))), reverse=True)
    return [*plain, *others[:2]]


def copy(site: Path, *, seed: int | None = None) -> Path:
    """Copy the example's content, file by file, in an order that the seed decides."""
    paths = sorted(path for path in CONTENT.rglob("*") if path.is_file())
    if seed is not None:
        random.Random(seed).shuffle(paths)  # noqa: S311 - not for secrets
    for number, path in enumerate(paths):
        place = site / "content" / path.relative_to(CONTENT)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(path.read_bytes())
        os.utime(place, (number, number))
    return site


def build(
    site: Path,
    environment: dict[str, str] | None = None,
    *,
    cwd: Path | None = None,
    mask: int = -1,
) -> Built:
    """Build a site in a process of its own; give the page and the mails."""
    unset = ("LC_ALL", "LANG", "TZ", "PYTHONHASHSEED", "SOURCE_DATE_EPOCH")
    bare = {name: value for name, value in os.environ.items() if name not in unset}
    moment = [] if environment and "SOURCE_DATE_EPOCH" in environment else ["--as-of", MOMENT]
    done = subprocess.run(
        [sys.executable, "-m", "statusgen", "build", os.path.relpath(site, cwd or site), *moment],
        cwd=cwd or site,
        env=bare | {"PYTHONPATH": str(PROJECT)} | (environment or {}),
        umask=mask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    folders = {folder: tree(site / folder) for folder in ("public", "outbox")}
    return {f"{name}/{path}": folders[name][path] for name in folders for path in folders[name]}


@pytest.fixture(scope="module")
def usual() -> Built:
    """The example as it is built usually."""
    with new_folder() as folder:
        return build(copy(folder))


@pytest.fixture
def site() -> Iterator[Path]:
    """A fresh copy of the example."""
    with new_folder() as folder:
        yield copy(folder)


class TestSameBytes:
    """What differs between machines, one thing at a time."""

    def test_there_is_something_to_compare(self, usual: Built) -> None:
        """The example has pages, a feed and mails, and tells times in a zone of its own."""
        endings = {Path(path).suffix for path in usual}
        assert {".html", ".rss", ".xml", ".txt", ".css", ".svg", ".eml"} <= endings

    @pytest.mark.parametrize("seed", ["0", "1"])
    def test_hash_seed(self, usual: Built, site: Path, seed: str) -> None:
        """The order of sets and the like decides nothing."""
        assert build(site, {"PYTHONHASHSEED": seed}) == usual

    @pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/St_Johns"])
    def test_time_zone(self, usual: Built, site: Path, zone: str) -> None:
        """The machine's time zone decides nothing, though it is another day there."""
        assert build(site, {"TZ": zone}) == usual

    def test_zones_of_the_machine(self, site: Path, tmp_path: Path) -> None:
        """Files of time zones that the machine has, old or wrong ones, decide nothing."""
        settings = site / "content" / "site.yml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace("timezone: UTC", "timezone: Europe/Berlin"), "utf-8")
        wrong = tmp_path / "zones" / "Europe" / "Berlin"
        wrong.parent.mkdir(parents=True)
        tokyo = files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo")
        wrong.write_bytes(tokyo.read_bytes())
        usual = build(site)
        assert b"CET" in usual["public/index.html"]
        assert build(site, {"PYTHONTZPATH": str(tmp_path / "zones")}) == usual

    @pytest.mark.parametrize("name", locales())
    def test_locale(self, usual: Built, site: Path, name: str) -> None:
        """The machine's language and encoding decide nothing, be it nothing but ASCII."""
        plain = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}  # Python would choose UTF-8
        assert build(site, plain | {"LC_ALL": name, "LANG": name}) == usual

    def test_mask(self, usual: Built, site: Path) -> None:
        """The mask of the process decides nothing."""
        assert build(site, mask=0o077) == usual

    def test_current_folder(self, usual: Built, site: Path, tmp_path: Path) -> None:
        """Where the command is called from decides nothing."""
        assert build(site, cwd=tmp_path) == usual

    def test_checkout_path(self, usual: Built, site: Path) -> None:
        """Where the site lies decides nothing, whatever the path holds."""
        other = copy(site / "<b>ünder & a/public")
        assert build(other) == usual

    def test_order_of_files(self, usual: Built, tmp_path: Path) -> None:
        """In which order files were made, and when, decides nothing."""
        assert build(copy(tmp_path, seed=1)) == usual

    def test_spelling_of_the_moment(self, usual: Built, site: Path) -> None:
        """SOURCE_DATE_EPOCH means the same moment as --as-of."""
        assert build(site, {"SOURCE_DATE_EPOCH": "1768383600"}) == usual

    def test_incremental(self, usual: Built, site: Path) -> None:
        """A build over one of another moment leaves the same."""
        build(site, {"SOURCE_DATE_EPOCH": "1767373500"})
        assert build(site) == usual
