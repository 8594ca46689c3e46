"""The gallery: many small sites in one theme, so that its author sees it in every state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jinja2
from msgspec import Struct
from msgspec.structs import replace

from statusgen.build import Order, make
from statusgen.cache import Cache
from statusgen.config import ThemeChoice
from statusgen.content import read_documents
from statusgen.errors import ContentErrors, GalleryError, OutputError, StatusgenError, ThemeError
from statusgen.output import Output, Published, publish
from statusgen.reading import Themes, find_themes
from statusgen.seal import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from statusgen.model import Moment
    from statusgen.views import SiteView

OUTBOX = "outbox"
"""The folder that holds the mails of all sites; no site may have its name."""

_FILES = ("index.html", "gallery.css")


class State(Struct, frozen=True, kw_only=True):
    """A site of the gallery: its folder's name, and what its first page says.

    One that is wrong was not built, and what it would say is not known; if it is old, what was
    built before stands there still.
    """

    name: str
    title: str = ""
    banner: str = ""
    is_wrong: bool = False
    is_old: bool = False

    @property
    def words(self) -> str:
        """Its name as a reader would spell it."""
        return self.name.replace("-", " ").capitalize()


class Gallery(Struct, kw_only=True):
    """What a gallery shows, file by file what was done for it, and what was wrong, once each."""

    states: list[State] = []
    wrong: list[str] = []
    written: int = 0
    unchanged: int = 0
    removed: int = 0


def build_gallery(sites: Path, here: Path, out: Path, moment: Moment, theme: str = "") -> Gallery:
    """Build every site of a folder, each into a folder of its name below `out`.

    They wear the themes and overrides of `here`: the theme that is named, else each its own. Their
    clocks stand still at the moment. Raises GalleryError, ThemeError and OutputError where no site
    can be built at all.
    """
    chosen = ThemeChoice(name=theme) if theme else None
    for problem in find_themes(here).problems(chosen, frozenset()) if chosen else ():
        raise ThemeError(problem.message)

    def wear(compiled: Path) -> Themes:
        themes = find_themes(here, compiled, moment.as_of)
        if not chosen:
            return themes

        def instead(choice: ThemeChoice) -> ThemeChoice:
            """Put the theme in the place of a site's own, which keeps its language."""
            spoken = {"language": choice.language, "language_line": choice.language_line}
            return replace(choice, name=chosen.name, options=(), line=0, **spoken)

        return Themes(
            lambda choice, files: themes.problems(instead(choice), files),
            lambda choice: themes.load(instead(choice)),
        )

    made = Gallery()
    for site in _sites(sites):
        output = Output(public=out / site.name, outbox=out / OUTBOX / site.name)
        try:
            published, view = _build(site, output, moment, wear)
        except StatusgenError as error:
            is_old = (output.public / "index.html").exists()
            made.states.append(State(name=site.name, is_wrong=True, is_old=is_old))
            # What is wrong with the theme is so in every site.
            made.wrong += [words for words in _told(site, error) if words not in made.wrong]
            continue
        made.states.append(_state(site.name, view))
        made.written += published.written
        made.unchanged += published.unchanged
        made.removed += published.removed
    _write_index(out, made)
    return made


def _build(
    site: Path, output: Output, moment: Moment, wear: Callable[[Path], Themes]
) -> tuple[Published, SiteView]:
    """Build a site, which is not sealed: a seal tells of the site's own themes."""
    cache = Cache(output.public, moment, is_new=True)
    documents = read_documents(site)
    draft = make(documents, Order(moment), cache, wear(cache.place))
    published = publish(draft.plan, draft.theme, output, NOTHING, None)
    draft.theme.keep()
    return published, draft.view


def _sites(folder: Path) -> list[Path]:
    found = sorted(each.parent for each in folder.glob("*/content") if each.is_dir())
    if not found:
        message = f"{folder}: none of its folders holds content/"
        raise GalleryError(message)
    if any(site.name == OUTBOX for site in found):
        message = f"{folder / OUTBOX}: the mails of the gallery take that name; choose another"
        raise GalleryError(message)
    return found


def _state(name: str, view: SiteView) -> State:
    home = view.home
    return State(name=name, title=home.frame.site_title, banner=home.overall.description)


def _told(site: Path, error: StatusgenError) -> Iterator[str]:
    """Tell what is wrong, with paths that lead from here."""
    if not isinstance(error, ContentErrors):
        yield str(error)
        return
    for problem in error.problems:
        yield str(problem._replace(path=(site / problem.path).as_posix()))


def _write_index(out: Path, made: Gallery) -> None:
    """Write the page that leads to each site, and its styles."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("statusgen.gallery", "pages"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in _FILES:
            text = environment.get_template(name).render(states=made.states)
            (out / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        message = f"{error.filename or out}: cannot be written: {error.strerror}"
        raise OutputError(message) from error
