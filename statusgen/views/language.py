"""What facts say in another language of the site, as far as it was translated.

A text that was not, or has changed since, stays as it was written: it then tells, by `said_in`, in
which language that is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from msgspec.structs import replace

from statusgen.model import (
    Announcement,
    AnyUpdate,
    Block,
    Component,
    ComponentGroup,
    Fact,
    Incident,
    Maintenance,
    Page,
    Postmortem,
    Report,
    Visibility,
    digest_of_texts,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from statusgen.config import Config
    from statusgen.model import Site, Translation

T = TypeVar("T", bound=Incident | Maintenance)
P = TypeVar("P", bound=Postmortem | Announcement | Page)
N = TypeVar("N", bound=Postmortem | Announcement | Page | Component | ComponentGroup)


class Speech(NamedTuple):
    """In which language facts are to be told, and in which they were written."""

    language: str
    original: str

    def timeline(self, one: T) -> T:
        """Tell an incident or a maintenance."""
        told = self._blocks(one)
        changed: dict[str, Any] = {
            "updates": tuple(self._update(each, told) for each in one.updates),
            "translations": (),
        }
        if "title" in told:
            title, retracted, edited = told["title"]
            changed |= {"title": title, "retracted": retracted}
            changed["edited"] = one.edited and replace(one.edited, what=edited)
        else:
            changed["said_in"] = self.original
        if isinstance(one, Incident) and one.report:
            changed["report"] = self._report(one.report, told.get("report"))
        return replace(one, **changed)

    def text(self, one: P) -> P:
        """Tell a text without updates."""
        return self._named(one, "title", "body")

    def component(self, one: Component) -> Component:
        """Tell a component by its name."""
        return self._named(one, "name", "description")

    def entry(self, one: Component | ComponentGroup) -> Component | ComponentGroup:
        """Tell a component or a group by their names."""
        if isinstance(one, Component):
            return self.component(one)
        leaves = tuple(map(self.component, one.components))
        return replace(self._named(one, "name"), components=leaves)

    @property
    def path(self) -> str:
        """The path below the site of what is told in the language."""
        return f"{self.language}/"

    def site(self, site: Site) -> Site:
        """Tell all but the incidents, which are many."""
        return replace(
            site,
            components=tuple(map(self.entry, site.components)),
            maintenances=tuple(map(self.timeline, site.maintenances)),
            postmortems=tuple(map(self.text, site.postmortems)),
            announcements=tuple(map(self.text, site.announcements)),
            pages=tuple(map(self.text, site.pages)),
        )

    def config(self, config: Config) -> Config:
        """Tell the site by its title and its description, and as if it lived where this is told."""
        config = replace(config, language=self.language, url=config.url + self.path)
        said = _block(config.translations, self.language, "text")
        if said is None or not said.is_of((config.title, config.description)):
            return replace(config, said_in=self.original)
        title, description = said.texts
        return replace(config, title=title, description=description)

    def _named(self, one: N, *names: str) -> N:
        """Tell what has one block of texts, by the names of these."""
        told = self._blocks(one).get("text")
        said = dict(zip(names, told, strict=True)) if told else {"said_in": self.original}
        return replace(one, translations=(), **said)

    def _report(self, report: Report, told: tuple[str, ...] | None) -> Report:
        if told is None:
            return replace(report, said_in=self.original)
        what_happened, impact, resolution = (tuple(filter(None, one.split("\n"))) for one in told)
        return Report(what_happened=what_happened, impact=impact, resolution=resolution)

    def _update(self, update: AnyUpdate, told: dict[str, tuple[str, ...]]) -> AnyUpdate:
        said = told.get(update.id)
        return replace(update, body=said[0]) if said else replace(update, said_in=self.original)

    def _blocks(self, one: Fact) -> dict[str, tuple[str, ...]]:
        """Tell the texts of a fact that are translated, by their keys."""
        return current(one, self.language) if one.translations else {}


def current(one: Fact, language: str) -> dict[str, tuple[str, ...]]:
    """Tell what a translation says of texts that are as they were when it was made."""
    originals = dict(texts(one))
    return {
        block.key: block.texts
        for translation in one.translations
        if translation.language == language
        for block in translation.blocks
        if block.key in originals and block.is_of(originals[block.key])
    }


def titles(one: Incident) -> dict[str, str]:
    """Tell the title of an incident in each language in which it is known."""
    found = ((each.language, current(one, each.language)) for each in one.translations)
    return {language: told["title"][0] for language, told in found if "title" in told}


class Gap(NamedTuple):
    """A text that a reader of another language is shown as it was written.

    Where there is no translation at all, `line` is 0 and `path` is that of the original; else both
    tell where it lacks, `what` names the text, `translates` what a new one must say. It `is_old`
    where there is one that is older than its original.
    """

    path: str
    line: int
    language: str
    what: str = ""
    translates: str = ""
    is_old: bool = False


def gaps(site: Site, config: Config, paths: Mapping[tuple[str, str], str]) -> list[Gap]:
    """Tell what of the content the public is not told in each language.

    `paths` tell by folder and slug where things were read from.
    """
    found: list[Gap] = []
    settings = {name: paths.get(("", name), name) for name in ("site", "components")}
    groups = [one for one in site.components if isinstance(one, ComponentGroup)]
    named: list[ComponentGroup | Component] = [*groups, *site.leaves]
    told: list[tuple[str, list[tuple[str, Fact]]]] = [
        (settings["components"], [(one.name, one) for one in named])
    ]
    for folder, facts in (
        ("incidents", site.incidents),
        ("maintenance", site.maintenances),
        ("announcements", site.announcements),
        ("pages", site.pages),
    ):
        told += [(paths[folder, one.slug], [("", one)]) for one in facts if _is_public(one)]
    told += [
        (paths["postmortems", one.incident], [("", one)])
        for one in site.postmortems
        if one.published
    ]
    for language in config.others:
        original = (config.title, config.description)
        block = _block(config.translations, language, "text")
        if block is None:
            found.append(Gap(settings["site"], 0, language))
        elif not block.is_of(original):
            path = next(one.path for one in config.translations if one.language == language)
            found.append(
                Gap(path, block.line, language, "title", digest_of_texts(original), is_old=True)
            )
        for path, named_facts in told:
            found += _gaps(path, named_facts, language)
    return sorted(found)


def _gaps(path: str, facts: list[tuple[str, Fact]], language: str) -> Iterator[Gap]:
    """Tell what a file does not tell in a language."""
    said = [
        (name, fact, next((one for one in fact.translations if one.language == language), None))
        for name, fact in facts
    ]
    place = next((one.path for _, _, one in said if one), "")
    if not place:
        if facts:
            yield Gap(path, 0, language)
        return
    for name, fact, translation in said:
        blocks = {block.key: block for block in translation.blocks} if translation else {}
        labels = {one.id: _label(one) for one in getattr(fact, "updates", ())}
        for key, original in texts(fact):
            block = blocks.get(key)
            what = name or labels.get(key, key)
            if block is None:
                yield Gap(place, 1, language, what, digest_of_texts(original))
            elif not block.is_of(original):
                yield Gap(place, block.line, language, what, digest_of_texts(original), is_old=True)


def _label(update: AnyUpdate) -> str:
    return f"[{update.status.upper().replace('_', ' ')}] {update.at:%Y-%m-%d %H:%M} UTC"


def _is_public(one: Fact) -> bool:
    is_draft = getattr(one, "draft", False)
    return not is_draft and getattr(one, "visibility", Visibility.PUBLIC) == Visibility.PUBLIC


def _block(translations: tuple[Translation, ...], language: str, key: str) -> Block | None:
    said = (each for one in translations if one.language == language for each in one.blocks)
    return next((each for each in said if each.key == key), None)
