"""The documentation is complete, its links lead somewhere and its examples work."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from textwrap import dedent
from typing import Any

import click
import pytest

from statusgen import __version__
from statusgen.cli import cli
from statusgen.content import FOLDERS, SETTINGS
from statusgen.model import (
    ComponentStatus,
    Impact,
    IncidentStatus,
    MaintenanceStatus,
    Notify,
    Severity,
    Visibility,
)
from statusgen.parse import incidents, maintenance, settings, texts, updates
from statusgen.parse.blocks import TRAILERS
from statusgen.renderers.email import TEMPLATES as MAILS
from statusgen.renderers.html import TEMPLATES as PAGES
from statusgen.views.status import Indicator
from tests.worlds import INCIDENT, MINIMAL, Files, problems, publish, write

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}

KEYS = {
    "site": (settings.SITE, settings.UPTIME),
    "mail": (settings.MAIL, incidents.REPORT),
    "theme": (settings.THEME,),
    "component": (settings.COMPONENT, settings.GROUP),
    "policy": (settings.POLICY, settings.SEVERITY, settings.ESCALATION),
    "incident": (incidents.INCIDENT, incidents.EDIT, incidents.REPORT),
    "update": (updates.INCIDENT_UPDATE, updates.MAINTENANCE_UPDATE),
    "maintenance": (maintenance.MAINTENANCE,),
    "postmortem": (texts.POSTMORTEM,),
    "announcement": (texts.ANNOUNCEMENT,),
    "page": (texts.PAGE,),
}
"""The tables of content keys, and the page that explains each."""

WORDS = {
    "component": ComponentStatus,
    "update": (*IncidentStatus, *MaintenanceStatus, Notify.NO, Notify.CORRECTION, updates.KEEPS),
    "incident": (*Impact, *Visibility),
    "policy": (*Severity, *Impact, *Visibility),
    "status": Indicator,
}
"""The words that values may be, and the page that lists them."""


def mentions(page: str, word: str) -> bool:
    """Whether a page names a word as code, alone or with what it is set to."""
    code = re.findall(r"`[^`\n]+`", DOCS[page])
    blocks = re.findall(r"^```.*?^```", DOCS[page], re.DOTALL | re.MULTILINE)
    pattern = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
    return any(pattern.search(text) for text in (*code, *blocks))


@pytest.mark.parametrize("page", KEYS)
def test_every_content_key_is_documented(page: str) -> None:
    """The page of a noun names each key that the parser knows of it."""
    keys = [key for shape in KEYS[page] for key in shape]
    assert [key for key in keys if not mentions(page, key)] == []


@pytest.mark.parametrize("page", WORDS)
def test_every_word_that_a_value_may_be_is_documented(page: str) -> None:
    """The page of a noun names each status, impact and severity."""
    assert [word for word in map(str, WORDS[page]) if not mentions(page, word)] == []


def test_every_trailer_is_documented() -> None:
    """The page on updates names each trailer as it is written."""
    assert [word for word in TRAILERS if not mentions("update", word.capitalize())] == []


def test_every_file_and_folder_of_the_content_is_documented() -> None:
    """Some page names each place that content is read from."""
    everything = "\n".join(DOCS.values())
    places = [*SETTINGS, *(f"{folder}/" for folder in FOLDERS), "files/"]
    assert [place for place in places if f"content/{place}" not in everything] == []


def test_every_command_and_option_is_documented() -> None:
    """The page on the command line names each command, argument and option."""
    context = click.Context(cli)
    commands = [cli.get_command(context, name) for name in cli.list_commands(context)]
    options = [
        option
        for command in (cli, *filter(None, commands))
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--")
    ]
    names = [*cli.list_commands(context), *options]
    assert names
    assert [name for name in names if not mentions("command-line", name)] == []


def test_every_kind_of_page_and_mail_is_documented() -> None:
    """The page on pages names each template, that on mails each mail."""
    assert [name for name in PAGES.values() if not mentions("page", name)] == []
    assert [name for name in MAILS.values() if not mentions("mail", name)] == []


def test_every_option_of_the_default_theme_is_documented() -> None:
    """The page on themes names each option that the shipped theme declares."""
    declared = tomllib.loads((ROOT / "themes/default/theme.toml").read_text(encoding="utf-8"))
    assert declared["options"]
    assert [name for name in declared["options"] if not mentions("theme", name)] == []


def test_every_room_of_the_program_is_documented() -> None:
    """The page on architecture names each module."""
    modules = {path.stem for path in (ROOT / "statusgen").rglob("*.py")} - {"__init__", "__main__"}
    assert sorted(name for name in modules if not mentions("architecture", name)) == []


def test_every_dependency_has_its_reason() -> None:
    """The README's table holds just the packages that the project depends on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[<>=~]", each)[0] for each in project["dependencies"]}
    table = README.split("## What it stands on")[1]
    assert set(re.findall(r"^\| ([\w-]+) \| \w", table, re.MULTILINE)) - {"package"} == needed


@pytest.mark.parametrize("page", ["README.md", *sorted(f"docs/{name}.md" for name in DOCS)])
def test_every_link_leads_somewhere(page: str) -> None:
    """A link to a file of the project names one that is there."""
    text = (ROOT / page).read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```|`[^`\n]+`", "", text, flags=re.DOTALL | re.MULTILINE)
    links = re.findall(r"\]\(([^)#]+)[^)]*\)|(?:src|srcset)=\"([^\"]+)\"", prose)
    targets = [markdown or html for markdown, html in links]
    local = [target for target in targets if "://" not in target]
    assert [each for each in local if not (ROOT / page).parent.joinpath(each).exists()] == []


def test_the_readme_is_about_a_hundred_lines() -> None:
    """Who comes new reads it in a few minutes."""
    assert len(README.splitlines()) <= 120


def test_the_changelog_tells_of_this_version() -> None:
    """The newest entry is that of the version in the package."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+)", changelog, re.MULTILINE)
    assert newest
    assert newest[1] == __version__


def blocks(text: str, language: str) -> list[str]:
    """Take the fenced examples of one language out of a page."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


SMALLEST: Files = dict(
    re.findall(r"^`(content/[\w./-]+)`\n\n```\w+\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
)
"""The smallest site, as the README shows it."""


def test_the_readme_s_smallest_site_has_no_problem() -> None:
    """The three files of the README are a whole site."""
    assert set(SMALLEST) > {"content/site.yml", "content/components.yml"}
    assert problems(SMALLEST) == []


COMPONENTS: Files = {
    "content/components.yml": """
        - group: Stories
          components:
            - {id: story-generation, name: Story generation}
            - {id: illustrations, name: Illustrations}
        - {id: api, name: API}
    """
}


@pytest.mark.parametrize(
    ("page", "language", "path"),
    [
        ("site", "yaml", "content/site.yml"),
        ("component", "yaml", "content/components.yml"),
        ("policy", "yaml", "content/policy.yml"),
        ("incident", "markdown", "content/incidents/example.md"),
        ("incident", "yaml", "content/incidents/example.yml"),
        ("maintenance", "markdown", "content/maintenance/example.md"),
        ("announcement", "markdown", "content/announcements/example.md"),
        ("page", "markdown", "content/pages/about.md"),
    ],
)
def test_the_examples_have_no_problem(page: str, language: str, path: str) -> None:
    """The first example of a noun's page is read as it stands."""
    example = blocks(DOCS[page], language)[0]
    assert problems(COMPONENTS | {path: example}) == []


def test_the_examples_of_a_theme_work(tmp_path: Path) -> None:
    """The options on its page are right, and the font there reaches every page."""
    site = f"title: Example\nurl: https://example.com/\n{blocks(DOCS['theme'], 'yaml')[0]}"
    root = write(
        tmp_path,
        MINIMAL
        | {
            "content/site.yml": site,
            "content/files/logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "content/files/logo-dark.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "overrides/static/source-sans-3.woff2": b"a font",
            "overrides/static/fonts.css.j2": blocks(DOCS["theme"], "css")[0],
            "overrides/templates/partials/head.html": blocks(DOCS["theme"], "html")[0],
        },
    )
    publish(root)
    (font,) = (root / "public/static").glob("source-sans-3.*.woff2")
    (fonts,) = (root / "public/static").glob("fonts.*.css")
    assert f'src: url("{font.name}")' in fonts.read_text(encoding="utf-8")
    for page in (root / "public").rglob("*.html"):
        assert fonts.name in page.read_text(encoding="utf-8")


def test_the_example_of_an_update_has_no_problem() -> None:
    """The update on its page stands under any front matter."""
    front = dedent("""
        ---
        title: Stories fail
        severity: SEV-2
        started: 2026-01-02 17:00 UTC
        ---
    """)
    example = front + blocks(DOCS["update"], "markdown")[0]
    assert problems(COMPONENTS | {"content/incidents/example.md": example}) == []


def test_the_example_of_a_postmortem_has_no_problem() -> None:
    """The post-mortem on its page belongs to the incident on that of incidents."""
    files: Files = {
        "content/incidents/example.md": blocks(DOCS["incident"], "markdown")[0],
        "content/postmortems/example.md": blocks(DOCS["postmortem"], "markdown")[0],
    }
    assert problems(COMPONENTS | files) == []


def test_the_message_on_the_command_line_s_page_is_what_is_printed() -> None:
    """The problem shown there is the one that its mistake gives."""
    path = "content/incidents/2026-01-02-api.md"
    shown = re.search(rf"^{path}:.*$", DOCS["command-line"], re.MULTILINE)
    broken = str(SMALLEST[path]).replace("[INVESTIGATING]", "[FIXED]")
    assert shown
    assert problems(SMALLEST | {path: broken})[0] == shown[0]


def test_the_example_of_a_test_passes() -> None:
    """The test that CONTRIBUTING shows is one of ours, and it holds."""
    example = blocks((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), "python")[0]
    known: dict[str, Any] = {"Files": Files, "INCIDENT": INCIDENT, "problems": problems}
    exec(example, known)  # noqa: S102 - it is our own text
    known["test_a_misspelt_status_names_the_nearest_one"]()
