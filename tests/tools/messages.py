"""Gather the phrases of the themes, and bring their catalogues up to date: `make messages`.

A catalogue, `locales/<language>.po` of a theme, then has every phrase of that theme: new ones
empty, those that are gone taken out, none guessed.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import jinja2
from babel.messages import Catalog, pofile
from jinja2 import nodes

from statusgen.theme import SHIPPED
from statusgen.theme.phrases import COUNTED, PHRASE
from statusgen.theme.words import PHRASES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FILES = {".html", ".txt", ".j2", ".webmanifest"}
HEAD = r"""msgid ""
msgstr ""
"Language: {language}\n"
"Plural-Forms: {plural}\n"
"Content-Type: text/plain; charset=utf-8\n"

"""
"""What a catalogue says of itself; git knows when it changed, and by whom."""


def phrases(theme: Path) -> Iterator[tuple[str | tuple[str, str], str]]:
    """Tell the phrases of a theme's templates, each with the file that says it."""
    environment = jinja2.Environment()  # noqa: S701 - nothing is rendered
    for path in sorted(theme.rglob("*")):
        if path.suffix not in _FILES:
            continue
        tree = environment.parse(path.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in (PHRASE, COUNTED):
                texts = [one.value for one in call.args if isinstance(one, nodes.Const)]
                place = path.relative_to(theme).as_posix()
                yield (texts[0] if call.node.name == PHRASE else (texts[0], texts[1])), place


def gathered(theme: Path) -> Catalog:
    """Gather what a theme says, and what the program says through it, if it is the default."""
    catalogue = Catalog(fuzzy=False)
    said = [(text, "filters") for text in PHRASES] if theme.name == "default" else []
    base = {text for text, _ in phrases(SHIPPED / "default")} if not said else set()
    for text, place in (*phrases(theme), *said):
        if text not in base:
            catalogue.add(text, locations=[(place, 1)])
    return catalogue


def updated(path: Path, template: Catalog) -> bytes:
    """Bring a catalogue up to date."""
    with path.open("rb") as file:
        catalogue = pofile.read_po(file, locale=path.stem.replace("-", "_"))
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    buffer = io.BytesIO()
    pofile.write_po(
        buffer, catalogue, width=96, sort_output=True, include_lineno=False, omit_header=True
    )
    head = HEAD.format(language=path.stem, plural=catalogue.plural_forms)
    return head.encode() + buffer.getvalue()


def missing(path: Path) -> list[str]:
    """Tell the phrases that a catalogue does not translate."""
    with path.open("rb") as file:
        catalogue = pofile.read_po(file, locale=path.stem.replace("-", "_"))
    said = {
        str(one.id): (one.string,) if isinstance(one.string, str) else tuple(one.string or ())
        for one in catalogue
        if one.id
    }
    return [phrase for phrase, strings in said.items() if not strings or not all(strings)]


def main() -> None:
    """Update every catalogue of every theme that comes along."""
    for theme in sorted(SHIPPED.iterdir()):
        template = gathered(theme)
        for path in sorted(theme.glob("locales/*.po")):
            path.write_bytes(updated(path, template))
            where = path.relative_to(SHIPPED.parent)
            print(f"{where}: {len(template)} phrases, {len(missing(path))} not translated")


if __name__ == "__main__":
    main()
