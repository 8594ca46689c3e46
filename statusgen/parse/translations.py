"""Files that say another file in another language: texts, and nothing that could change a fact.

A text is matched with its original: the updates by their time and status, components by their ids.
It names by `translates` the digest of the texts that it was made from, so that one that is older
than its original is known without git.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeVar

from msgspec.structs import replace

from statusgen.errors import nearest, one_of
from statusgen.expression import expression
from statusgen.model import (
    Announcement,
    Block,
    Component,
    ComponentGroup,
    Incident,
    IncidentStatus,
    Maintenance,
    MaintenanceStatus,
    Page,
    Postmortem,
    Translation,
    digest_of_texts,
    texts,
)
from statusgen.parse import shapes
from statusgen.parse.blocks import UsualBlock
from statusgen.parse.incidents import INCIDENT, REPORT, SEVERITY_IN_TITLE
from statusgen.parse.maintenance import MAINTENANCE
from statusgen.parse.nodes import Mapping, Node, Place, Sequence, Unreadable, read_yaml
from statusgen.parse.settings import COMPONENT, GROUP, SITE
from statusgen.parse.shapes import Key, Shape
from statusgen.parse.texts import ANNOUNCEMENT, PAGE, POSTMORTEM, read_text
from statusgen.parse.times import spell
from statusgen.parse.updates import (
    INCIDENT_UPDATE,
    KEEPS,
    MAINTENANCE_UPDATE,
    UPDATES,
    StatusReader,
    body,
    outline,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime, tzinfo

    from statusgen.config import Config
    from statusgen.content import Document
    from statusgen.model import AnyUpdate, Translations
    from statusgen.parse.shapes import Stated
    from statusgen.parse.updates import Context

T = TypeVar("T", bound=Incident | Maintenance | Postmortem | Announcement | Page)

_DIGEST = expression(r"[0-9a-f]{8}")
_NO_TEXT = "is no text: it stands in the original, for all languages"


def digest(node: Node, place: Place) -> str:
    """Read which text was translated."""
    value = shapes.word(node, place)
    if not _DIGEST.fullmatch(value):
        message = f"{value!r} is not the digest of a text; `statusgen check` tells the right one"
        place.refuse(node.line, message)
    return value


_NAMES = ("name", "description")
_PARTS = {"title": ("title", "retracted", "edited"), "report": tuple(REPORT)}
"""What the texts of a block are called."""


def title(node: Node, place: Place) -> str:
    """Read a title, which has no severity before it."""
    value = shapes.line(node, place)
    if found := SEVERITY_IN_TITLE.match(value):
        place.refuse(node.line, f"leave [{found[1]}] out: it stands in the original")
    return value


_MADE_FROM: Shape = {"translates": Key(read=digest)}
_REPORT: Shape = REPORT | _MADE_FROM
HEAD: Shape = {
    "title": Key(read=title),
    "retracted": Key(read=shapes.line),
    "edited": Key(read=shapes.line),
    "report": Key(read=shapes.Keys(_REPORT)),
    **_MADE_FROM,
}
"""What the translation of an incident or a maintenance may say before its updates."""

TEXT: Shape = {"title": Key(read=shapes.line), **_MADE_FROM}
"""What that of a post-mortem, an announcement or a page may say before its text."""

SITE_TEXTS: Shape = {
    "title": Key(read=shapes.line, required=True),
    "description": Key(read=shapes.line),
    **_MADE_FROM,
}
COMPONENT_TEXTS: Shape = {
    "id": Key(read=shapes.name, required=True),
    "name": Key(read=shapes.line, required=True),
    "description": Key(read=shapes.line),
    **_MADE_FROM,
}
GROUP_TEXTS: Shape = {
    "group": Key(read=shapes.line, required=True),
    "id": Key(read=shapes.name, required=True),
    "components": Key(read=lambda node, _: node),
    **_MADE_FROM,
}


def _update(kind: type[IncidentStatus | MaintenanceStatus]) -> Shape:
    return {
        "status": Key(read=StatusReader(kind), required=True),
        "at": Key(read=shapes.stated, required=True, also="updated"),
        "body": Key(read=body, required=True),
        **_MADE_FROM,
    }


class _Kind(NamedTuple):
    """What the translation of a kind of fact may hold, and what only the original does."""

    statuses: type[IncidentStatus | MaintenanceStatus]
    facts: Shape
    update: Shape
    update_facts: Shape


_KINDS = {
    Incident: _Kind(IncidentStatus, INCIDENT, _update(IncidentStatus), INCIDENT_UPDATE),
    Maintenance: _Kind(
        MaintenanceStatus, MAINTENANCE, _update(MaintenanceStatus), MAINTENANCE_UPDATE
    ),
}
_TEXT_FACTS = {"postmortems": POSTMORTEM, "announcements": ANNOUNCEMENT, "pages": PAGE}


def translated(
    parse: Callable[[Document, Context, Place], T | None],
) -> Callable[[Document, Context, Place], T | None]:
    """Make a reader of facts that reads their translations too."""

    def read(document: Document, context: Context, place: Place) -> T | None:
        one = parse(document, context, place)
        if one is None or not document.translations:
            return one
        if isinstance(one, Incident | Maintenance):
            said = timeline_translations(document, one, context, place)
        else:
            said = text_translations(document, context, place)
        return replace(one, translations=said)

    return read


def timeline_translations(
    document: Document, one: Incident | Maintenance, context: Context, place: Place
) -> Translations:
    """Read what is said of an incident or a maintenance in other languages."""
    kind = _KINDS[type(one)]

    def read(each: Document, place: Place) -> Iterator[Block]:
        nodes = outline(each, (*kind.statuses, KEEPS), place, needs_updates=False)
        if nodes.head:
            shape = HEAD | UPDATES if each.is_yaml else HEAD
            head = _texts(nodes.head, shape, kind.facts | UPDATES, place)
            originals = dict(texts(one))
            for block in _head_blocks(head, nodes.head.line):
                if block.key in originals:
                    names, original = _PARTS[block.key], originals[block.key]
                    _refuse_less(block, names, original, document.path, place)
                    yield block
                else:
                    place.at(block.key).tell(block.line, f"{document.path} has none: leave it out")
        finder = _Finder(one.updates, document.path, context.zone)
        for update, below in nodes.updates:
            node = update.mapping() if isinstance(update, UsualBlock) else update
            with suppress(Unreadable):
                values = _texts(node, kind.update, kind.update_facts, below)
                if shapes.holds(values, "status", "at", "body"):
                    found = finder.find(values["at"], values["status"], node, below)
                    yield _block(found.id, (values["body"],), values, node.line)

    return _read_each(document, context, place, read)


def text_translations(document: Document, context: Context, place: Place) -> Translations:
    """Read what a text without updates says in other languages."""

    def read(each: Document, place: Place) -> Iterator[Block]:
        facts = {key: Key(read=_refuse_fact) for key in _TEXT_FACTS[document.folder]}
        values, title, text = read_text(each, facts | TEXT, place)
        if title and text:
            yield _block("text", (title, text), values, 1)

    return _read_each(document, context, place, read)


def site_translations(
    document: Document, config: Config, context: Context, place: Place
) -> Translations:
    """Read title and description of the site in other languages."""

    def read(each: Document, place: Place) -> Iterator[Block]:
        node = read_yaml(each.text, place)
        values = _texts(node, SITE_TEXTS, SITE, place)
        if "title" in values:
            said = (values["title"], values.get("description", ""))
            block = _block("text", said, values, node.line)
            original = (config.title, config.description)
            _refuse_less(block, ("title", "description"), original, "site.yml", place)
            yield block

    return _read_each(document, context, place, read)


def translated_components(
    document: Document,
    components: tuple[Component | ComponentGroup, ...],
    context: Context,
    place: Place,
) -> tuple[Component | ComponentGroup, ...]:
    """Read the names of components and groups in other languages too."""

    def read(each: Document, place: Place) -> Iterator[Block]:
        return _NamesReader(components).read(read_yaml(each.text, place), place)

    told = _read_each(document, context, place, read)

    def component(one: Component) -> Component:
        return replace(one, translations=_of(told, f"component {one.id}"))

    def entry(one: Component | ComponentGroup) -> Component | ComponentGroup:
        if isinstance(one, Component):
            return component(one)
        leaves = tuple(map(component, one.components))
        return replace(one, components=leaves, translations=_of(told, f"group {one.id}"))

    return tuple(map(entry, components)) if told else components


def _of(translations: Translations, key: str) -> Translations:
    """Pick what is said of one thing, by the name that all have for it."""
    found = []
    for one in translations:
        blocks = tuple(replace(each, key="text") for each in one.blocks if each.key == key)
        found += [replace(one, blocks=blocks)] if blocks else []
    return tuple(found)


class _NamesReader:
    """Reads a translation of components.yml, in which every id may stand once."""

    def __init__(self, components: tuple[Component | ComponentGroup, ...]) -> None:
        groups = [one for one in components if isinstance(one, ComponentGroup)]
        alone = [one for one in components if isinstance(one, Component)]
        leaves = [*alone, *(leaf for one in groups for leaf in one.components)]
        self.originals = {
            **{f"group {one.id}": dict(texts(one))["text"] for one in groups},
            **{f"component {one.id}": dict(texts(one))["text"] for one in leaves},
        }
        self.known = {
            "group": {one.id for one in groups},
            "component": {leaf.id for leaf in leaves},
        }
        self.lines: dict[str, int] = {}

    def read(self, node: Node, place: Place) -> Iterator[Block]:
        if not isinstance(node, Sequence):
            place.refuse(node.line, "must be a list, as components.yml is")
        for index, item in enumerate(node.items):
            with suppress(Unreadable):
                yield from self.item(item, place.item(index))

    def item(self, node: Node, place: Place) -> Iterator[Block]:
        is_group = isinstance(node, Mapping) and node.get("group") is not None
        said: tuple[str, ...]
        if is_group:
            values = _texts(node, GROUP_TEXTS, GROUP, place)
            said = (values.get("group", ""),)
        else:
            values = _texts(node, COMPONENT_TEXTS, COMPONENT, place)
            said = (values.get("name", ""), values.get("description", ""))
        line = node.line_of("id") if isinstance(node, Mapping) else node.line
        if "id" in values and said[0]:
            with suppress(Unreadable):
                key = self.claim("group" if is_group else "component", values["id"], line, place)
                block = _block(key, said, values, node.line)
                names = _NAMES[: len(said)]
                _refuse_less(block, names, self.originals[key], "components.yml", place)
                yield block
        if "components" in values:
            yield from self.read(values["components"], place.at("components"))

    def claim(self, kind: str, name: str, line: int, place: Place) -> str:
        key = f"{kind} {name}"
        if name not in self.known[kind]:
            hint = nearest(name, self.known[kind])
            place.at("id").refuse(line, f"no {kind} is called {name!r}{hint}")
        if key in self.lines:
            message = f"the {kind} {name!r} is on line {self.lines[key]} already: keep one"
            place.at("id").refuse(line, message)
        self.lines[key] = line
        return key


def refuse_translations(document: Document, place: Place) -> None:
    """Tell that a file has nothing to translate."""
    for each in document.translations:
        name = document.path.rpartition("/")[2]
        Place(path=each.path, problems=place.problems).tell(1, f"{name} is not translated")


class _Finder:
    """Finds the update that a block translates; blocks come in the order of their updates."""

    def __init__(self, updates: tuple[AnyUpdate, ...], path: str, zone: tzinfo | None) -> None:
        self.updates = updates
        self.path = path
        self.zone = zone
        self.position = 0

    def find(self, at: Stated, status: str, node: Node, place: Place) -> AnyUpdate:
        """Find the next update of a time, which must have the status too. Raises Unreadable."""
        rest = range(self.position, len(self.updates))
        found = next((n for n in rest if self.is_at(at, self.updates[n].at)), None)
        if found is None:
            at.refuse(f"{self.path} has no update from {at.written.text}{self.hint()}")
        self.position = found + 1
        one = self.updates[found]
        is_same = found > 0 and self.updates[found - 1].status == one.status
        if status not in ((one.status, KEEPS) if is_same else (one.status,)):
            said = f"[{one.status.upper().replace('_', ' ')}]"
            line = node.line_of("status") if isinstance(node, Mapping) else node.line
            place.at("header").refuse(line, f"{self.path} says {said} at {spell(one.at)}")
        return one

    def is_at(self, stated: Stated, at: datetime) -> bool:
        """Whether a time as it was stated is that of an update."""
        written = stated.written
        zone = written.zone or self.zone
        if zone is None:
            raise Unreadable
        local = at.astimezone(zone)
        clock = local.time()
        if not written.has_seconds:
            clock = clock.replace(second=0, microsecond=0)
        return written.clock == clock and written.date in (None, local.date())

    def hint(self) -> str:
        """Tell what could have been meant."""
        rest = [spell(one.at) for one in self.updates[self.position :]]
        behind = " behind those before it" if self.position else ""
        be = "is" if len(rest) == 1 else "are"
        return f"{behind}: there {be} {one_of(rest)}" if rest else f"{behind}: there is none left"


def _refuse_less(
    block: Block, names: tuple[str, ...], original: tuple[str, ...], source: str, place: Place
) -> None:
    """Tell texts that are said to be of an original, and lack some of it, or say more."""
    if block.translates != digest_of_texts(original):
        return
    for name, said, text in zip(names, block.texts, original, strict=True):
        if text and not said:
            place.at(name).tell(block.line, f"is missing: {source} has it")
        elif said and not text:
            place.at(name).tell(block.line, f"{source} has none: leave it out")


def _read_each(
    document: Document,
    context: Context,
    place: Place,
    read: Callable[[Document, Place], Iterator[Block]],
) -> Translations:
    """Read the translations of a file, those in languages that the site speaks."""
    found = []
    for each in document.translations:
        below = Place(path=each.path, problems=place.problems)
        code = _language(each, context, below)
        if not code:
            continue
        with suppress(Unreadable):
            blocks = tuple(read(each, below))
            found.append(Translation(language=code, path=each.path, blocks=blocks))
    return tuple(sorted(found, key=lambda one: one.language))


def _language(document: Document, context: Context, place: Place) -> str:
    """Find in which of the site's languages a file is; one that is in none is told."""
    if context.languages is None:
        return ""
    first, *others = context.languages or ("",)
    spelt = {code.lower(): code for code in others}
    said = document.language
    if said.lower() == first.lower():
        place.tell(1, f"{said!r} is the language of the original: only one of both can be right")
    elif said.lower() not in spelt:
        base = said.lower().partition("-")[0]
        kin = next((code for code in others if code.lower().partition("-")[0] == base), None)
        hint = f"; did you mean {kin!r}?" if kin else nearest(said, others)
        hint = hint or ": add it to languages:"
        place.tell(1, f"site.yml lists no language {said!r}{hint}")
    return spelt.get(said.lower(), "")


def _texts(node: Node, shape: Shape, facts: Shape, place: Place) -> dict[str, Any]:
    """Read texts; what is a fact is told: a translation changes none."""
    if not isinstance(node, Mapping):
        place.refuse(node.line, f"must be keys with values: {', '.join(shape)}")
    entries = []
    for key, value in node.entries:
        if key.text in facts and key.text not in shape:
            label = node.label(key.text)
            place.at(label).tell(key.line, _NO_TEXT)
        else:
            entries.append((key, value))
    return shapes.read_mapping(
        Mapping(entries=tuple(entries), line=node.line, labels=node.labels), shape, place
    )


def _refuse_fact(node: Node, place: Place) -> NoReturn:
    place.refuse(node.line, _NO_TEXT)


def _head_blocks(head: dict[str, Any], line: int) -> Iterator[Block]:
    if "title" in head:
        yield _block("title", tuple(head.get(key, "") for key in _PARTS["title"]), head, line)
    if "report" in head:
        report = head["report"]
        lists = tuple("\n".join(report.get(key, ())) for key in _PARTS["report"])
        yield _block("report", lists, report, line)


def _block(key: str, texts: tuple[str, ...], values: dict[str, Any], line: int) -> Block:
    return Block(key=key, texts=texts, translates=values.get("translates", ""), line=line)
