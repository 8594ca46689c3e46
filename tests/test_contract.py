"""The page on themes tells theme authors all that they build on, as the program has it."""

from __future__ import annotations

import types
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

import jinja2
import msgspec
import pytest
from jinja2 import nodes
from msgspec import Struct

from statusgen.renderers.crawlers import TEMPLATES as FILES
from statusgen.renderers.email import TEMPLATES as MAILS
from statusgen.renderers.html import TEMPLATES as PAGES
from statusgen.theme import FILTERS
from statusgen.views.agenda import EventView
from statusgen.views.brief import WidgetPage
from statusgen.views.feed import FeedEntryView, StoryView
from statusgen.views.moved import MovedPage

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
THEME = ROOT / "themes/default"
DOCS = (ROOT / "docs/theme.md").read_text(encoding="utf-8")

VIEWS: dict[str, type[Struct]] = {
    **{f"templates/{name}": view for view, name in (PAGES | FILES).items()},
    "templates/feed-entry.html": FeedEntryView,
    "templates/feed-entry.title.txt": FeedEntryView,
    "templates/feed-story.html": StoryView,
    "templates/event.title.txt": EventView,
    "templates/event.txt": EventView,
    "templates/moved.html": MovedPage,
    "templates/widget.html": WidgetPage,
    **{
        f"emails/{name}{ending}": view
        for view, name in MAILS.items()
        for ending in (".subject.txt", ".txt", ".html")
    },
}
"""The templates that are rendered, and what each is given."""

WORDS: dict[type[Any], str] = {
    str: "text",
    int: "number",
    float: "number",
    bool: "yes or no",
    datetime: "time",
    date: "day",
    timedelta: "span",
}
"""How the page calls values that are no views."""


@cache
def templates() -> dict[str, nodes.Template]:
    """Read every template of the default theme."""
    environment = jinja2.Environment(autoescape=True)
    return {
        path.relative_to(THEME).as_posix(): environment.parse(path.read_text(encoding="utf-8"))
        for folder in ("templates", "emails")
        for path in sorted((THEME / folder).rglob("*"))
        if path.is_file()
    }


def blocks(name: str) -> list[str]:
    """Tell the blocks that a template offers: those of what it extends, and its own."""
    template = templates()[name]
    found: list[str] = []
    for parent in template.find_all(nodes.Extends):
        assert isinstance(parent.template, nodes.Const)
        found += blocks(parent.template.value)
    found += [block.name for block in template.find_all(nodes.Block)]
    return list(dict.fromkeys(found))


def macros(name: str) -> list[str]:
    """Tell the macros that a template offers, each with what it is given."""
    found = templates()[name].find_all(nodes.Macro)
    return [f"{each.name}({', '.join(arg.name for arg in each.args)})" for each in found]


def template_rows() -> list[str]:
    """Write a row for each template: what it is given, and what it offers."""
    rows = []
    for name in templates():
        view = f"`{VIEWS[name].__name__}`" if name in VIEWS else ""
        offered = ", ".join(f"`{each}`" for each in (*blocks(name), *macros(name)))
        rows.append(f"| `{name}` | {view} | {offered} |")
    return rows


def spelt(kind: Any) -> str:  # noqa: ANN401 - any annotation
    """Spell the type of a field as the page does."""
    if get_origin(kind) in (Union, types.UnionType):
        parts = [spelt(each) for each in get_args(kind) if each is not type(None)]
        return " or ".join([*parts, *(["none"] if type(None) in get_args(kind) else [])])
    if get_origin(kind) is tuple:
        each, *rest = get_args(kind)
        if rest == [...]:
            return f"list of {spelt(each)}"
        return f"pair of {' and '.join(map(spelt, get_args(kind)))}"
    if kind in WORDS:
        return WORDS[kind]
    assert isinstance(kind, type)
    assert issubclass(kind, Struct | Enum)
    return kind.__name__


def within(kind: Any) -> list[type[Struct]]:  # noqa: ANN401 - any annotation
    """Find the views in the type of a field."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return [kind]
    return [view for each in get_args(kind) for view in within(each)]


def all_views() -> list[type[Struct]]:
    """Find every view that a template can reach."""
    found: dict[str, type[Struct]] = {}
    waiting = list(VIEWS.values())
    while waiting:
        view = waiting.pop()
        if view.__name__ not in found:
            found[view.__name__] = view
            waiting += [each for kind in get_type_hints(view).values() for each in within(kind)]
        assert found[view.__name__] is view, "two views have one name"
    return [found[name] for name in sorted(found)]


def view_rows() -> list[str]:
    """Write a row for each view: what it is, and its fields."""
    rows = []
    for view in all_views():
        hints = get_type_hints(view)
        fields = [f"`{one.name}`: {spelt(hints[one.name])}" for one in msgspec.structs.fields(view)]
        what = (view.__doc__ or "").split("\n")[0]
        rows.append(f"| `{view.__name__}` | {what} | {', '.join(fields)} |")
    return rows


@pytest.mark.parametrize("rows", [template_rows, view_rows])
def test_the_tables_are_those_of_the_program(rows: Callable[[], list[str]]) -> None:
    """The page has one row for each template with its blocks, each view with its fields."""
    wanted = rows()
    shown = [line for line in DOCS.splitlines() if line.startswith("| `")]
    missing = [row for row in wanted if row not in shown]
    assert missing == [], "put these rows into docs/theme.md:\n" + "\n".join(missing)
    assert [row for row in shown if row in wanted] == wanted


def test_no_row_is_left_over() -> None:
    """A template or a view that is gone is gone from the page too."""
    contract = DOCS.split("\n## The contract\n")[1]
    shown = [line for line in contract.splitlines() if line.startswith("| `")]
    assert [row for row in shown if row not in (*template_rows(), *view_rows())] == []


def test_every_filter_is_documented() -> None:
    """The page tells every filter that templates may use."""
    assert [name for name in FILTERS if f"`{name}`" not in DOCS] == []


def test_every_template_names_its_view() -> None:
    """Whoever opens a page's template reads in its first line what it is given."""
    for name, view in VIEWS.items():
        if name.endswith(".html"):
            first = (THEME / name).read_text(encoding="utf-8").split("\n")[0]
            assert first.startswith(f"{{# page: {view.__name__}"), name
