"""The wheel stands on its own: built as for a release, installed where nothing else is."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from shutil import copytree

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the declared build system in an environment of its own."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of a fresh environment that holds the wheel and what it depends on."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, with_pip=True)
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    run(scripts / "python", "-m", "pip", "install", "--quiet", wheel)
    return scripts


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with the example's content and nothing of the project beside it."""
    copytree(ROOT / "content", tmp_path / "content")
    return tmp_path


def run(*command: str | Path, cwd: Path | None = None) -> None:
    """Run with nothing of this environment on Python's path; a failure shows all that it said."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=cwd, env=bare, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def files(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, by its path in it."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


class TestWheel:
    """What a user gets from `pip install`."""

    def test_theme(self, wheel: Path) -> None:
        """The wheel carries every file of the themes, inside the package."""
        prefix = "statusgen/themes/"
        with zipfile.ZipFile(wheel) as archive:
            carried = {
                name.removeprefix(prefix): archive.read(name)
                for name in archive.namelist()
                if name.startswith(prefix)
            }

        assert carried == files(ROOT / "themes")
        assert "default/theme.toml" in carried

    @pytest.mark.parametrize("pages", ["statusgen/serve/pages", "statusgen/gallery/pages"])
    def test_pages(self, wheel: Path, pages: str) -> None:
        """The wheel carries the own pages of preview and gallery, with all that belongs to them."""
        with zipfile.ZipFile(wheel) as archive:
            carried = {name for name in archive.namelist() if name.startswith(f"{pages}/")}

        assert carried == {f"{pages}/{path}" for path in files(ROOT / pages)}

    def test_nothing_else(self, wheel: Path) -> None:
        """The wheel puts one package into an environment: no tests, no content."""
        with zipfile.ZipFile(wheel) as archive:
            tops = {name.partition("/")[0] for name in archive.namelist()}

        assert {top for top in tops if not top.endswith(".dist-info")} == {"statusgen"}

    def test_build(self, scripts: Path, site: Path) -> None:
        """Script and module build one and the same site, with the theme out of the wheel."""
        moment = ["--as-of", "2026-01-14 09:40 UTC"]
        run(scripts / "statusgen", "build", *moment, "--out", "one", cwd=site)
        run(scripts / "python", "-m", "statusgen", "build", *moment, "--out", "two", cwd=site)

        pages = files(site / "one")
        assert "index.html" in pages
        assert any(path.startswith("static/") for path in pages)
        assert pages == files(site / "two")
