"""A repository of a new user's own: the smallest content, and what hosts need to publish it."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from statusgen import __version__
from statusgen.errors import WritingError
from statusgen.seal import read_file
from statusgen.writing.spelling import quoted
from statusgen.writing.wiring import schema_files, wired

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGE = Path(__file__).parents[1]
_HOSTING = (_PACKAGE / "hosting", _PACKAGE.parent)
"""Where this project's own files for hosts are: in the wheel, or at the top of a checkout."""

_NEW_ENVIRONMENT = (
    "# Another Python, another place and other requirements need a new environment.\n"
)
TAKEN = (
    ".ci/build",
    ".ci/install",
    ".ci/netlify/index.js",
    ".ci/netlify/manifest.yml",
    ".github/ISSUE_TEMPLATE/incident.yml",
    ".github/dependabot.yml",
    ".github/workflows/check.yml",
    ".github/workflows/incident.yml",
    ".github/workflows/publish.yml",
    "netlify.toml",
)
"""What a site of its own takes over, but for where statusgen comes from."""

_OF_A_CHECKOUT = (
    (r"'pyproject\.toml', 'statusgen/\*\*', 'themes/", "'requirements.txt', 'themes/"),
    (r"'pyproject\.toml', '\.ci/install'", "'requirements.txt', '.ci/install'"),
    (r"cat pyproject\.toml \.ci/install", "cat requirements.txt .ci/install"),
    (r"--editable \.(?= )", "--requirement requirements.txt"),
    (r"# statusgen runs from the checkout [^\n]*\n# another Python[^\n]*\n", _NEW_ENVIRONMENT),
    (r"  # Apart from the project's own tests[^\n]*\n", ""),
    (r"\n  project:\n    name: Style(.|\n)*\Z", ""),
)
"""What is said of a checkout of statusgen, and what of a package in its place."""

_COMPONENTS = """\
# The parts of your service that customers know by name, in the order of the page.
- id: api
  name: API
- id: website
  name: Website
"""
_README = """\
# {title}

This repository is the status page of {url}, made by statusgen.

- Something is wrong: `statusgen new "What is wrong" --sev 2 --component api --push`
- There is more to say: `statusgen update --status identified --text "…" --push`
- It is over: `statusgen resolve --push`
- How things stand: `statusgen status`

Set up once: `pip install -r requirements.txt`; write `content/components.yml`; push.
"""
_IGNORED = "/public/\n/outbox/\n/internal*/\n/.statusgen/\n/.venv/\n/.netlify/\n"


def starter(title: str, url: str) -> Iterator[tuple[str, bytes]]:
    """Tell the files of a new site, by their paths. Raises WritingError."""
    site = f"title: {quoted(title)}\nurl: {url}\ntimezone: UTC\n"
    own = {
        "content/site.yml": wired(site, "site"),
        "content/components.yml": wired(_COMPONENTS, "components"),
        "requirements.txt": f"statusgen=={__version__}\n",
        "README.md": _README.format(title=title, url=url),
        ".gitignore": _IGNORED,
    }
    yield from ((path, text.encode()) for path, text in own.items())
    yield from schema_files()
    yield from ((path, _taken(path)) for path in TAKEN)


def _taken(path: str) -> bytes:
    """Take a file over, with a package in the place of the checkout."""
    text = _own(path).decode()
    for old, new in _OF_A_CHECKOUT:
        text = re.sub(old, new, text)
    return text.encode()


def _own(path: str) -> bytes:
    for place in _HOSTING:
        with suppress(OSError):
            return read_file(f"{place}/{path}")
    message = f"{path} of statusgen itself cannot be read: install it anew"
    raise WritingError(message)
