"""Get what the tests need and pip cannot bring: a Chromium, and the npm tools of package.json.

`make test` calls this each time; what is there already is left alone, and what cannot be had is
said here and again by the tests that go without it.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).parent
MODULES = TOOLS / "node_modules"
SCRIPTS = Path(sys.executable).parent  # where pip put npm and playwright

CHROMIUMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def main() -> None:
    """Install both, and say what could not be had."""
    if not (installed_chromium() or install_debian_chromium() or download_chromium()):
        print("No Chromium could be had: browser tests will not run.", file=sys.stderr)
    if not (npm_tools_installed() or install_npm_tools()):
        print("npm could not install its tools: tests that ask them will not run.", file=sys.stderr)


def installed_chromium() -> str | None:
    """The path of a Chromium or Chrome that is installed and starts; Ubuntu's stand-in does not."""
    found = filter(None, map(shutil.which, CHROMIUMS))
    return next((path for path in found if succeeds(path, "--version")), None)


def install_debian_chromium() -> bool:
    """Install Debian's package, where this user may; True when there is a browser then."""
    if not shutil.which("apt-get"):
        return False
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and not (shutil.which("sudo") and succeeds(*as_root, "true")):
        return False
    print("Installing Debian's chromium.")
    apt_get = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    succeeds(*apt_get, "update")  # one source that does not answer is no reason to stop
    packages = ["chromium", "fonts-dejavu-core"]
    done = run(*apt_get, "install", "--yes", "--no-install-recommends", *packages)
    return done and installed_chromium() is not None


def download_chromium() -> bool:
    """Let Playwright download its own build, unless it has one."""
    print("Asking Playwright for its own Chromium.")
    return run(SCRIPTS / "playwright", "install", "chromium")


def npm_tools_installed() -> bool:
    """Whether each tool of package.json is there in the version that it names."""
    wanted = json.loads((TOOLS / "package.json").read_text())["dependencies"]
    manifests = {name: MODULES / name / "package.json" for name in wanted}
    return all(
        manifest.is_file() and json.loads(manifest.read_text())["version"] == wanted[name]
        for name, manifest in manifests.items()
    )


def install_npm_tools() -> bool:
    """Let npm install package.json beside it, without a lock file and without foreign scripts."""
    print("Installing the npm tools.")
    options = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
    return run(SCRIPTS / "npm", "install", "--prefix", TOOLS, "--loglevel=error", *options)


def run(*command: str | Path) -> bool:
    """Run quietly; a failure shows what the command said."""
    done = attempt(*command)
    if done.returncode:
        print(done.stdout, file=sys.stderr)
    return done.returncode == 0


def succeeds(*command: str | Path) -> bool:
    """Run for the exit status alone."""
    return attempt(*command).returncode == 0


def attempt(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run with our own scripts first on the path: npm's tools look for `node` there."""
    path = os.pathsep.join([str(SCRIPTS), os.environ["PATH"]])
    return subprocess.run(
        command,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


if __name__ == "__main__":
    main()
