"""The rooms of design and what they may do: who imports whom, who touches the world, who speaks."""

from __future__ import annotations

import ast
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1] / "statusgen"

ROWS = (
    "statusgen",  # the version, and nothing else
    "errors",
    "expression",
    "signs",
    "workers",
    "seal",
    "model",
    "content",
    "git",
    "config",
    "parse",
    "views",
    "markdown",
    "findings",
    "checks",
    "cache",
    "theme",
    "artifact",
    "renderers",
    "output",
    "reading",
    "build",
    "rescue",
    "gallery",
    "writing",
    "notify",
    "diff",
    "serve",
    "websub",
    "cli",
    "__main__",
)
"""The rooms from top to bottom: a module imports only from rows above its own."""

INSIDE = {
    "parse": (
        "times",
        "nodes",
        "shapes",
        "blocks",
        "updates",
        "incidents",
        "maintenance",
        "settings",
        "texts",
        "translations",
        "site",
        "schema",
        "__init__",
    ),
    "views": (
        "timeline",
        "language",
        "summary",
        "audience",
        "status",
        "uptime",
        "page",
        "duties",
        "standing",
        "review",
        "present",
        "team",
        "trouble",
        "turn",
        "update",
        "incident",
        "maintenance",
        "entry",
        "component",
        "report",
        "home",
        "history",
        "search",
        "feed",
        "statuspage",
        "api",
        "agenda",
        "brief",
        "moved",
        "mail",
        "site",
        "__init__",
    ),
    "findings": ("finding", "spots", "plain", "github", "sarif", "junit", "data", "__init__"),
    "markdown": ("tags", "addresses", "light", "reader", "writer", "__init__"),
    "theme": (
        "colours",
        "declaration",
        "catalogue",
        "phrases",
        "quick",
        "templates",
        "compiled",
        "words",
        "foreign",
        "__init__",
    ),
    "cli": (
        "options",
        "answers",
        "asking",
        "checking",
        "reviewing",
        "notify",
        "comparing",
        "writing",
        "standing",
        "start",
        "__init__",
    ),
    "writing": (
        "when",
        "wiring",
        "spelling",
        "desk",
        "drafts",
        "outlook",
        "request",
        "starter",
        "__init__",
    ),
    "output": ("journal", "manifest", "stage", "__init__"),
    "notify": (
        "news",
        "book",
        "due",
        "ledger",
        "branch",
        "subscribers",
        "letters",
        "delivery",
        "relay",
        "post",
        "webhook",
        "channels",
        "desk",
        "__init__",
    ),
    "serve": ("shelf", "hosting", "mails", "dress", "watch", "preview", "server", "__init__"),
}
"""The order inside a folder, by the same rule."""

APART = ("renderers", "checks")
"""Folders whose modules never import one another; only `__init__` knows them all."""


class Deed(Struct, frozen=True, kw_only=True):
    """Something that few rooms may do, and how it is recognized: imports, names, attributes."""

    what: str
    rooms: Collection[str]
    modules: Collection[str] = ()
    calls: Collection[str] = ()
    methods: Collection[str] = ()


DEEDS = (
    Deed(
        what="reads the clock",
        rooms={"cli", "serve"},
        modules={"time", "sched"},
        calls={"formatdate", "localtime", "make_msgid"},
        methods={"date.today", "datetime.today", "fromtimestamp", "now", "utcnow"},
    ),
    Deed(
        what="runs what no reader sees",
        rooms=(),
        calls={"__import__", "eval", "exec"},
    ),
    Deed(
        what="throws dice",
        rooms=(),
        modules={"random", "secrets", "uuid"},
        calls={"urandom"},
        methods={"urandom"},
    ),
    Deed(
        what="asks how the machine is set up",
        rooms={"cli"},
        modules={"locale", "getpass"},
        calls={"getenv"},
        methods={"environ", "getenv"},
    ),
    Deed(
        what="names files",
        rooms={
            "content",
            "theme",
            "output",
            "cache",
            "seal",
            "gallery",
            "rescue",  # where it copies what can be read
            "diff",  # where revisions lie that are compared
            "notify",  # where the ledger, the subscribers and the previews lie
            "git",
            "writing",  # where a site lies, and what hosts need of it
            "serve",
            "cli",
            "workers",  # which counts processors with os
        },
        modules={"os", "pathlib"},
    ),
    Deed(
        what="touches files",
        rooms={
            "content",
            "theme",
            "output",
            "cache",
            "seal",
            "gallery",
            "rescue",
            "diff",
            "notify",
            "serve",
        },
        modules={"ctypes", "fcntl", "fileinput", "glob", "importlib", "io", "mmap", "shutil"}
        | {"sqlite3", "tempfile"},
        calls={"open"},
        methods={
            "chmod",
            "exists",
            "glob",
            "hardlink_to",
            "is_dir",
            "is_file",
            "is_symlink",
            "iterdir",
            "link_to",
            "lstat",
            "mkdir",
            "read_bytes",
            "read_text",
            "rename",
            "rglob",
            "rmdir",
            "rmtree",
            "scandir",
            "stat",
            "symlink_to",
            "touch",
            "unlink",
            "walk",
            "write_bytes",
            "write_text",
        },
    ),
    Deed(
        what="starts processes or threads",
        rooms={"workers", "git", "notify", "serve"},  # git, and connections side by side
        modules={"asyncio", "concurrent", "multiprocessing", "subprocess", "threading"}
        | {"socketserver", "webbrowser"},
        calls={"system", "popen"},
        methods={"system", "popen", "fork"},
    ),
    Deed(
        what="uses the network",
        rooms={"notify", "serve", "websub"},
        modules={"ftplib", "http", "requests", "smtplib", "socket", "ssl", "urllib.request"},
        calls={"urlopen"},
    ),
    Deed(
        what="asks where packages lie",
        rooms={"cli", "seal"},
        modules={"sys"},
    ),
    Deed(
        what="compiles what may never be asked",
        rooms={"expression"},
        methods={"re.compile"},
    ),
    Deed(
        what="watches files",
        rooms={"serve"},
        modules={"watchdog"},
    ),
    Deed(
        what="names an audience",  # what a build publishes, it publishes for the public
        rooms={"views", "cache", "build", "serve"},
        calls={"Audience"},
        methods={"Audience"},
    ),
    Deed(
        what="prints or exits",
        rooms={"cli"},
        modules={"click", "logging", "rich", "warnings"},
        calls={"breakpoint", "exit", "input", "print", "quit", "SystemExit"},
    ),
)
"""What is kept to few rooms; a module that is imported for its types alone does nothing."""


class Import(Struct, frozen=True):
    """One import: what, on which line, and whether for its types alone."""

    module: str
    line: int
    is_typing: bool


def imports(tree: ast.Module) -> Iterator[Import]:
    """Find all imports, inside functions and for types too; `from a import b` may mean a.b."""
    typing = {
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            names = [f"{module}.{alias.name}" for alias in node.names]
        for name in names:
            yield Import(name, getattr(node, "lineno", 0), node in typing)


def room(module: str) -> str:
    """Tell the row of a module: `statusgen.views.home` is in `views`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in ROWS else parts[0]


def own_place(module: str) -> tuple[str, str]:
    """Tell the room of a module of ours and its name there."""
    parts = module.split(".")
    folder = room(module)
    names = INSIDE.get(folder, ())
    if len(parts) > 2 and (parts[2] in names or folder in APART):
        return folder, parts[2]
    return folder, "__init__"


def breaches(module: str, source: str) -> list[str]:
    """Tell every breach of the rules above in the source of a module, with its line."""
    tree = ast.parse(source)
    path = f"{module.replace('.', '/')}.py"
    found = [*wrong_imports(module, tree), *wrong_deeds(module, tree)]
    return [f"{path}:{line}: {message}" for line, message in sorted(found)]


def wrong_imports(module: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find what a module imports from below, or from beside it."""
    folder, name = own_place(module)
    for each in imports(tree):
        if each.module.startswith("."):
            yield each.line, "names what it imports from here, not from the top"
        if each.module.split(".")[0] != "statusgen":
            continue
        other_folder, other_name = own_place(each.module)
        if other_folder != folder:
            if ROWS.index(other_folder) > ROWS.index(folder):
                yield each.line, f"{folder} imports {other_folder}, which lies below it"
        elif folder in APART:
            if name != "__init__":
                yield each.line, f"{folder}.{name} imports {folder}.{other_name}, a sibling"
        elif folder in INSIDE:
            order = INSIDE[folder]
            if order.index(other_name) >= order.index(name):
                message = f"{folder}.{name} imports {folder}.{other_name}, which lies below it"
                yield each.line, message


def wrong_deeds(module: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find what a module does that only others may do."""
    for deed in DEEDS:
        if room(module) in deed.rooms:
            continue
        for each in imports(tree):
            if not each.is_typing and is_one_of(each.module, deed.modules):
                yield each.line, f"{deed.what}: imports {each.module}"
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in deed.calls:
                yield node.lineno, f"{deed.what}: {node.id}"
            elif isinstance(node, ast.Attribute):
                spelt = ast.unparse(node)
                if any(f".{spelt}".endswith(f".{method}") for method in deed.methods):
                    yield node.lineno, f"{deed.what}: {spelt}"


def is_one_of(name: str, modules: Collection[str]) -> bool:
    """Whether an imported name is one of these modules, or in one of them."""
    return any(f"{name}.".startswith(f"{module}.") for module in modules)


def modules() -> dict[str, str]:
    """Read the sources of all modules, by their dotted names."""
    return {
        ".".join(("statusgen", *path.relative_to(PACKAGE).with_suffix("").parts)): path.read_text()
        for path in sorted(PACKAGE.rglob("*.py"))
    }


class TestRooms:
    """The package keeps to the plan."""

    @pytest.mark.parametrize("module", modules())
    def test_module(self, module: str) -> None:
        """A module imports only from rows above its own, and does only what its room may do."""
        assert breaches(module, modules()[module]) == []

    def test_every_room_has_a_row(self) -> None:
        """Every module stands in the table, and nothing that is gone does."""
        entries = {path.stem for path in PACKAGE.iterdir() if path.name != "__pycache__"}
        assert entries - {"__init__", "py"} == set(ROWS) - {"statusgen"}

    @pytest.mark.parametrize("folder", INSIDE)
    def test_every_module_of_a_folder_has_a_row(self, folder: str) -> None:
        """Every module of an ordered folder stands in its table, and nothing that is gone does."""
        assert {path.stem for path in (PACKAGE / folder).glob("*.py")} == set(INSIDE[folder])

    @pytest.mark.parametrize("table", [ROWS, *INSIDE.values()])
    def test_no_row_twice(self, table: tuple[str, ...]) -> None:
        """No table names a module twice, so that no cycle can hide."""
        assert len(table) == len(set(table))


class TestChecker:
    """A breach that is planted is found, with its file and line."""

    @pytest.mark.parametrize(
        ("module", "source", "message"),
        [
            (
                "model",
                "from statusgen.config import Config",
                "model imports config, which lies below it",
            ),
            ("model", "import statusgen.config", "model imports config, which lies below it"),
            ("model", "from statusgen import config", "model imports config, which lies below it"),
            (
                "model",
                "def f():\n    from statusgen import cli",
                "model imports cli, which lies below it",
            ),
            (
                "errors",
                "if TYPE_CHECKING:\n    from statusgen.model import Site",
                "errors imports model, which lies below it",
            ),
            (
                "views.home",
                "from statusgen.theme import Theme",
                "views imports theme, which lies below it",
            ),
            (
                "views.status",
                "from statusgen.views.home import HomePage",
                "views.status imports views.home, which lies below it",
            ),
            (
                "views.status",
                "from statusgen.views import home",
                "views.status imports views.home, which lies below it",
            ),
            (
                "views.status",
                "from statusgen.views import SiteView",
                "views.status imports views.__init__, which lies below it",
            ),
            (
                "parse.nodes",
                "from statusgen.parse import site",
                "parse.nodes imports parse.site, which lies below it",
            ),
            (
                "renderers.html",
                "from statusgen.renderers.email import render",
                "renderers.html imports renderers.email, a sibling",
            ),
            (
                "renderers.html",
                "from statusgen.renderers import plan",
                "renderers.html imports renderers.plan, a sibling",
            ),
            ("model", "from . import errors", "names what it imports from here, not from the top"),
            ("model", "import time", "reads the clock: imports time"),
            ("model", "def f():\n    from time import time", "reads the clock: imports time.time"),
            ("output", "datetime.now(UTC)", "reads the clock: datetime.now"),
            ("theme", "date.today()", "reads the clock: date.today"),
            ("renderers.email", "formatdate()", "reads the clock: formatdate"),
            ("renderers.email", "make_msgid()", "reads the clock: make_msgid"),
            ("output", "import uuid", "throws dice: imports uuid"),
            ("output", "os.urandom(4)", "throws dice: os.urandom"),
            ("theme", "os.environ['LANG']", "asks how the machine is set up: os.environ"),
            ("views.home", "import locale", "asks how the machine is set up: imports locale"),
            ("build", "from pathlib import Path", "names files: imports pathlib.Path"),
            ("build", "root.read_text()", "touches files: root.read_text"),
            ("cli", "out.mkdir()", "touches files: out.mkdir"),
            ("views.home", "open('x')", "touches files: open"),
            ("cli", "import shutil", "touches files: imports shutil"),
            ("output", "import subprocess", "starts processes or threads: imports subprocess"),
            ("content", "import urllib.request", "uses the network: imports urllib.request"),
            ("content", "from urllib import request", "uses the network: imports urllib.request"),
            ("content", "from http.client import X", "uses the network: imports http.client.X"),
            ("cli", "import watchdog", "watches files: imports watchdog"),
            ("model", "re.compile('x')", "compiles what may never be asked: re.compile"),
            ("serve.watch", "print(1)", "prints or exits: print"),
            (
                "serve.watch",
                "from statusgen.serve import server",
                "serve.watch imports serve.server, which lies below it",
            ),
            ("cli", "serve.Audience(drafts=True)", "names an audience: serve.Audience"),
            ("build", "print(1)", "prints or exits: print"),
            ("build", "raise SystemExit", "prints or exits: SystemExit"),
            ("output", "import sys", "asks where packages lie: imports sys"),
            (
                "errors",
                "from click import ClickException",
                "prints or exits: imports click.ClickException",
            ),
        ],
    )
    def test_breach(self, module: str, source: str, message: str) -> None:
        """Each kind of breach is told with file, line and reason."""
        line = source.count("\n") + 1
        path = f"statusgen/{module.replace('.', '/')}.py"
        assert breaches(f"statusgen.{module}", source) == [f"{path}:{line}: {message}"]

    @pytest.mark.parametrize(
        ("module", "source"),
        [
            ("cli", "import time\nfrom datetime import datetime\ndatetime.now()\nprint(1)"),
            ("build", "if TYPE_CHECKING:\n    from pathlib import Path"),
            ("renderers.__init__", "from statusgen.renderers import email, html"),
            (
                "views.home",
                "from statusgen.views import timeline\nfrom statusgen.model import Site",
            ),
            ("renderers.feeds", "from statusgen import __version__"),
            ("output", "import os\nimport shutil\nPath('x').unlink()"),
            ("parse.times", "from datetime import datetime, time\nfrom zoneinfo import ZoneInfo"),
            ("views.home", "from urllib.parse import quote"),
            ("views.home", "present.today"),
        ],
    )
    def test_no_breach(self, module: str, source: str) -> None:
        """What the plan allows is not refused."""
        assert breaches(f"statusgen.{module}", source) == []
