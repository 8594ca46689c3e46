"""All documents → the config and the facts, or every problem of every file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import unquote

from msgspec.structs import replace

from statusgen.config import DEFAULT_POLICY, ThemeChoice
from statusgen.content import slug_of
from statusgen.errors import ContentErrors, Problem, nearest
from statusgen.expression import expression
from statusgen.model import Site
from statusgen.parse.incidents import parse_incident
from statusgen.parse.maintenance import parse_maintenance
from statusgen.parse.nodes import Place, Unreadable
from statusgen.parse.settings import ComponentsReader, parse_config, parse_policy
from statusgen.parse.texts import OWN_FILES, parse_announcement, parse_page, parse_postmortem
from statusgen.parse.translations import (
    refuse_translations,
    site_translations,
    translated,
    translated_components,
)
from statusgen.parse.updates import Context
from statusgen.seal import CONTENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from statusgen.config import Config, Policy, ThemeChoice
    from statusgen.content import Document, Documents
    from statusgen.model import Component, ComponentGroup, Incident, Maintenance, Moment

T = TypeVar("T")

_OWN_PAGE = expression(r"uptime|history(/\d{4}-\d{2}(/\d+)?)?")


class Recall(Protocol):
    """Reads the documents of one folder into facts, and tells their problems."""

    def __call__(
        self,
        documents: Documents,
        folder: str,
        parse: Callable[[Document, Context, Place], T | None],
        context: Context,
        problems: list[Problem],
        /,
    ) -> tuple[T, ...]: ...


def parse_site(
    documents: Documents,
    moment: Moment,
    themes: Callable[[ThemeChoice, frozenset[str]], Iterable[Problem]] = lambda *_: (),
    recall: Recall | None = None,
) -> tuple[Config, Site]:
    """Turn documents into the config and the facts.

    The moment tells only what lies too far in the future; `themes` tells what is wrong with the
    choice of a theme, given the names of the site's own files. `recall` reads the documents of a
    folder in its own way, and may leave out facts that it has. Raises ContentErrors.
    """
    parser = _Parser(documents, recall or read_all)
    config, site = parser.parse(moment)
    problems = [*parser.problems]
    if config:
        problems += themes(config.theme, frozenset(asset.path for asset in site.assets))
    if problems or config is None:
        raise ContentErrors(problems)
    return config, site


def read_all(
    documents: Documents,
    folder: str,
    parse: Callable[[Document, Context, Place], T | None],
    context: Context,
    problems: list[Problem],
) -> tuple[T, ...]:
    """Read documents one after the other."""
    read = documents.of(folder)
    facts = (parse(one, context, Place(path=one.path, problems=problems)) for one in read)
    return tuple(fact for fact in facts if fact is not None)


class _Parser:
    """Reads one kind of document after the other and gathers the problems of all."""

    def __init__(self, documents: Documents, recall: Recall) -> None:
        self.documents = documents
        self.recall = recall
        self.problems: list[Problem] = [*documents.problems]

    def parse(self, moment: Moment) -> tuple[Config | None, Site]:
        policy = self.policy()
        config = self.config(policy or DEFAULT_POLICY)
        components = self.components()
        leaves = Site(components=components or ()).leaves
        context = Context(
            zone=config.zone if config else None,
            policy=policy,
            components=None if components is None else {leaf.id: leaf for leaf in leaves},
            templates=self.slugs("templates"),
            moment=moment,
            languages=(config.language, *config.others) if config else None,
        )
        config, components = self.translated(config, components, context)
        site = Site(
            components=components or (),
            incidents=self.all("incidents", translated(parse_incident), context),
            maintenances=self.all("maintenance", translated(parse_maintenance), context),
            postmortems=self.all("postmortems", translated(parse_postmortem), context),
            announcements=self.all("announcements", translated(parse_announcement), context),
            pages=self.all("pages", translated(parse_page), context),
            runbooks=self.all("runbooks", parse_page, context),
            templates=self.all("templates", parse_page, context),
            assets=self.documents.assets,
        )
        self.refuse_lonely_postmortems()
        self.refuse_shared_aliases(site)
        return config, site

    def policy(self) -> Policy | None:
        """Read the severity policy; None if there is one that cannot be read."""
        before = len(self.problems)
        document = self.settings("policy.yml", is_required=False)
        policy = parse_policy(document, self.place(document)) if document else DEFAULT_POLICY
        is_known = len(self.problems) == before and not self.is_unread("policy.yml")
        return policy if is_known else None

    def config(self, policy: Policy) -> Config | None:
        document = self.settings("site.yml", is_required=True)
        return parse_config(document, policy, self.place(document)) if document else None

    def components(self) -> tuple[Component | ComponentGroup, ...] | None:
        document = self.settings("components.yml", is_required=True)
        if document is None:
            return None
        before = len(self.problems)
        try:
            components = ComponentsReader().read(document, self.place(document))
        except Unreadable:
            return None
        return components if len(self.problems) == before else None

    def translated(
        self,
        config: Config | None,
        components: tuple[Component | ComponentGroup, ...] | None,
        context: Context,
    ) -> tuple[Config | None, tuple[Component | ComponentGroup, ...] | None]:
        """Read what settings say in other languages."""
        for document in self.documents.of(""):
            if not document.translations:
                continue
            place = self.place(document)
            name = slug_of(document.path)
            if name == "site" and config:
                told = site_translations(document, config, context, place)
                config = replace(config, translations=told)
            elif name == "components" and components is not None:
                components = translated_components(document, components, context, place)
            elif name == "policy":
                refuse_translations(document, place)
        return config, components

    def all(
        self,
        folder: str,
        parse: Callable[[Document, Context, Place], T | None],
        context: Context,
    ) -> tuple[T, ...]:
        return self.recall(self.documents, folder, parse, context, self.problems)

    def settings(self, name: str, *, is_required: bool) -> Document | None:
        path = f"{CONTENT}/{name}"
        found = next((one for one in self.documents.of("") if one.path == path), None)
        if is_required and found is None and not self.is_unread(name):
            message = "not found: a site needs it"
            self.problems.append(Problem(path=path, line=1, address="file", message=message))
        return found

    def is_unread(self, name: str) -> bool:
        """Whether settings are there and were told: unreadable, or under a name like theirs."""
        told = [path.removeprefix(f"{CONTENT}/").lower() for path in self.documents.unread]
        return any(path == CONTENT or slug_of(path) == slug_of(name) for path in told)

    def place(self, document: Document) -> Place:
        return Place(path=document.path, problems=self.problems)

    def slugs(self, folder: str) -> tuple[str, ...]:
        """List the slugs of a folder, of files with problems too."""
        read = sorted(self.documents.slugs(folder))
        beginning = f"{CONTENT}/{folder}/"
        unread = [slug_of(path) for path in self.documents.unread if path.startswith(beginning)]
        return (*read, *unread)

    def refuse_lonely_postmortems(self) -> None:
        postmortems = self.documents.of("postmortems")
        incidents = self.slugs("incidents") if postmortems else ()
        for document in postmortems:
            if document.slug not in incidents:
                hint = nearest(document.slug, incidents)
                message = f"no incident is called {document.slug!r}{hint}"
                self.place(document).tell(1, message)

    def refuse_shared_aliases(self, site: Site) -> None:
        documents = {(one.folder, one.slug): one for one in self.documents.documents}
        first: dict[str, str] = {}
        facts: list[tuple[str, Incident | Maintenance]] = [
            *(("incidents", one) for one in site.incidents),
            *(("maintenance", one) for one in site.maintenances),
        ]
        for folder, one in facts:
            document = documents[folder, one.slug]
            for alias in one.aliases:
                address = _plain(alias)
                holder = self.holder(address, site)
                if holder:
                    message = f"{alias!r} is the address of {holder}: an old address must be free"
                    self.tell_alias(document, alias, message)
                elif address in first:
                    message = f"{alias!r} leads to {first[address]} already: keep one of them"
                    self.tell_alias(document, alias, message)
                first[address] = document.path

    def tell_alias(self, document: Document, alias: str, message: str) -> None:
        """Tell what is wrong with an old address, on the line where it stands."""
        read = self.documents.open(document).document
        lines = read.text.split("\n") if read else []
        line = next((number for number, text in enumerate(lines, 1) if alias in text), 1)
        self.place(document).at("aliases").tell(line, message)

    def holder(self, address: str, site: Site) -> str:
        """Tell whose address it is; nothing if it is free."""
        first, _, rest = address.partition("/")
        if not address:
            return "home"
        if first in OWN_FILES or first in ("static", "files", "search", "badge", "widget"):
            return "a file of the site"
        if _OWN_PAGE.fullmatch(address):
            return "a page of the site"
        if first in ("incidents", "maintenance") and rest in self.slugs(first):
            return f"{CONTENT}/{first}/{rest}"
        if first == "components" and rest in {leaf.id for leaf in site.leaves}:
            return f"the component {rest!r}"
        return f"{CONTENT}/pages/{first}" if not rest and first in self.slugs("pages") else ""


def _plain(alias: str) -> str:
    """Spell an old address as any other that leads to the same place."""
    return unquote(alias).strip("/").removesuffix("index.html").strip("/")
