"""The theme: templates, static files and e-mails, found and digested."""

from __future__ import annotations

import os
from functools import cached_property
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import jinja2
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from statusgen.errors import ContentErrors, Problem, ThemeError, closest, nearest
from statusgen.expression import expression
from statusgen.seal import read_file
from statusgen.theme.catalogue import ENDING, ENGLISH, FOLDER, Catalogue, is_known
from statusgen.theme.catalogue import find as find_language
from statusgen.theme.compiled import Compiled
from statusgen.theme.declaration import (
    Declaration,
    Kind,
    Option,
    Value,
    line_of,
    mistake,
    read_declaration,
)
from statusgen.theme.templates import TEMPLATE, Templates
from statusgen.theme.words import FILTERS, OFFER, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from statusgen.config import ThemeChoice

__all__ = ["FILTERS", "SHIPPED", "File", "Theme"]

_PACKAGE = Path(__file__).parents[1]
SHIPPED = _PACKAGE / "themes" if (_PACKAGE / "themes").is_dir() else _PACKAGE.parent / "themes"
"""The themes that come along: inside the wheel, beside the package in a checkout."""

_LACKS = expression(r"'([\w.]+)\.(\w+) object' has no attribute '(\w+)'")
"""How Jinja says that a view has no such value."""
_LACKS_KEY = expression(r"'dict object' has no attribute '(.+)'")
_LACKS_MACRO = expression(
    r"the template '(.+)' \(imported on line (\d+) in '(.+)'\)"
    r" does not export the requested name '(.+)'"
)
_MACRO = expression(rb"{%-?\s*macro\s+(\w+)")


class File(Struct, frozen=True):
    """A file of the theme, and where it was found; a catalogue stands on those `below` it."""

    place: str
    data: bytes
    is_shipped: bool = False
    below: File | None = None


Files = dict[str, File]
"""The files by their path in the theme."""
Found = tuple[Files, dict[str, Option]]
"""What is there of a theme: its files and its options."""


class Options(dict[str, Value]):
    """What the options are set to; templates ask for them as attributes."""

    def __getattr__(self, name: str) -> Value:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name=name, obj=self) from None


class Theme:
    """Everything that rendering needs beside a view.

    `digest` covers every file that can be reached and the options, so that a page is rendered anew
    when any of them changes. `static` tells the published name of each static file, which there is
    once for all languages: those of the `first`. `moment` is that at which pages stand still, where
    they do: it is their script's clock.
    """

    def __init__(  # noqa: PLR0913 - what a theme is made from
        self,
        name: str,
        files: Files,
        options: Mapping[str, Value],
        *,
        compiled: Path | None = None,
        moment: datetime | None = None,
        languages: tuple[str, ...] = (ENGLISH,),
        first: Theme | None = None,
    ) -> None:
        self.name = name
        self.options = Options(options)
        self.language, *others = languages
        self.moment = moment
        self._files = files
        self.catalogue = self._find_catalogue()
        self.words = self._find_words(f"{self.language}/" if first else "")
        self._kept = compiled
        self._compiled: list[Compiled] = []
        self._others: dict[str, Theme] = {}
        self._first = first or self
        self._environment = self._new_environment()
        self.static: dict[str, str] = first.static if first else {}
        self._published: dict[str, bytes] = first.static_files() if first else {}
        # Templates come last: they may ask for the published names of the others.
        for path in () if first else sorted(filter(_is_static, files), key=_is_template):
            self._publish(path)
        self._others |= {
            other: Theme(
                name,
                files,
                options,
                compiled=compiled,
                moment=moment,
                languages=(other,),
                first=self,
            )
            for other in others
        }

    @cached_property
    def digest(self) -> str:
        """A digest of all that a page in this language hangs on.

        In several languages it is offered in each of the others.
        """
        spoken = (self.language, self.catalogue.digest)
        offered = [(one.language, one.catalogue.digest) for one in self._first.spoken()]
        return _digest(self._files, self.options, self.moment, (spoken, *offered))

    def spoken(self) -> tuple[Theme, ...]:
        """The theme in each of several languages; none, where there is one."""
        return (self, *self._others.values()) if self._others else ()

    def speaking(self, language: str) -> Theme:
        """The same theme in another language of the site; in its first, if none is named."""
        return self._others.get(language, self) if language else self

    def offer(self, language: str) -> str:
        """Offer a page in one of the site's languages, in that language."""
        words = self._first.speaking(language).words
        return words.say(OFFER) % {"language": words.language(language)}

    @classmethod
    def load(
        cls,
        root: Path,
        choice: ThemeChoice,
        compiled: Path | None = None,
        moment: datetime | None = None,
        found: Found | None = None,
    ) -> Theme:
        """Find the theme's files: the site's own come before the shipped ones.

        `compiled` is a folder in which compiled templates are kept for the next build, `found` what
        was just found for the same choice.
        Raises ContentErrors for a theme or an option that is not there, ThemeError for a theme
        that is broken.
        """
        files, declared = found or _find(root, choice)
        _refuse_strays(files)
        problems = _language_problems(choice, files)
        if problems:
            raise ContentErrors(problems)
        options = _options(choice, declared)
        return cls(
            choice.name,
            files,
            options,
            compiled=compiled,
            moment=moment,
            languages=(choice.language, *(code for code, _ in choice.others)),
        )

    @classmethod
    def problems(
        cls,
        root: Path,
        choice: ThemeChoice,
        published: frozenset[str],
        found: dict[ThemeChoice, Found] | None = None,
    ) -> tuple[Problem, ...]:
        """Tell what is wrong with a choice, beside what else is wrong with the settings.

        `published` names the site's own files, by their paths below the site. What is found is kept
        in `found`, for whoever loads the theme next.
        """
        try:
            files, declared = _find(root, choice)
            if found is not None:
                found[choice] = (files, declared)
            problems = _language_problems(choice, files)
            _options(choice, declared, published)
        except ContentErrors as error:
            return error.problems
        except ThemeError:
            return ()  # the theme itself is broken, which loading it tells
        return problems

    def render(self, template: str, view: object) -> str:
        """Render a template, named by its path in the theme; what ends in `.txt` is not escaped.

        Raises ThemeError with the file and the line that failed.
        """
        try:
            return self._environment.get_template(template).render(page=view)
        except Exception as error:  # a template is code, and code may fail in any way
            if not self._environment.is_quick:
                raise ThemeError(self._place(error, template)) from error
        # Jinja's own way may find what was asked for, or tells better what is not there.
        self._environment = self._new_environment(is_quick=False)
        return self.render(template, view)

    def _find_catalogue(self) -> Catalogue:
        """Find the phrases of the language, or of the one that is nearest."""
        spoken = find_language(self.language, _languages(self._files))
        source = self._files.get(f"{FOLDER}{spoken}{ENDING}") if spoken else None
        return Catalogue(spoken or ENGLISH, source)

    def _find_words(self, tree: str) -> Words:
        """Find how the theme speaks."""
        if self.catalogue.code.split("-")[0] == ENGLISH:
            return Words(self.catalogue.say, tree)
        from statusgen.theme.foreign import ForeignWords  # noqa: PLC0415 - English needs no Babel

        return ForeignWords(self.catalogue, tree)

    def keep(self) -> None:
        """Keep the templates that were compiled, for the next build."""
        for one in self._compiled:
            one.keep()
        for other in self._others.values():
            other.keep()

    def compile(self) -> None:
        """Compile every template, so that a broken one is found before it is needed.

        Raises ThemeError.
        """
        for other in self._others.values():
            other.compile()
        for path in filter(_is_rendered, self._files):
            try:
                self._environment.get_template(path)
            except jinja2.TemplateError as error:
                raise ThemeError(self._place(error, path)) from error

    def _is_shipped(self, path: str) -> bool:
        """Whether a template is that of everybody, in words that are."""
        said = self._files.get(f"{FOLDER}{self.catalogue.code}{ENDING}")
        is_own = said is not None and not (said.is_shipped and said.below is None)
        return path in self._files and self._files[path].is_shipped and not is_own

    def static_files(self) -> dict[str, bytes]:
        """Give the static files by the names under which they are published."""
        return self._published

    def _place(self, error: Exception, template: str) -> str:
        """Say in which file and on which line a template failed."""
        name, line = template, 1
        from traceback import walk_tb  # noqa: PLC0415 - only a failure needs it

        for frame, number in walk_tb(error.__traceback__):
            if frame.f_code.co_filename in self._files:
                name, line = frame.f_code.co_filename, number
        if isinstance(error, jinja2.TemplateSyntaxError):
            name, line = error.name or name, error.lineno
        if isinstance(error, _NotUtf8):
            name, line = error.name, error.line
        if found := _LACKS_MACRO.match(getattr(error, "message", None) or ""):
            return self._lacks_macro(*found.groups())
        return f"{self._found(name)}:{line}: {self._cause(error)}"

    def _found(self, path: str) -> str:
        """Tell where a file of the theme was found."""
        return self._files[path].place if path in self._files else path

    def _lacks_macro(self, path: str, line: str, importer: str, macro: str) -> str:
        """Say which file lacks what another has from it: that one may be ours."""
        known = [each.decode() for each in _MACRO.findall(self._files[path].data)]
        lacks = f"has no macro {macro!r}{nearest(macro, known)}"
        return f"{self._found(path)}:1: {lacks}, which {self._found(importer)}:{line} asks for"

    def _cause(self, error: Exception) -> str:
        """Say in one line what went wrong."""
        if isinstance(error, jinja2.TemplateNotFound):
            known = [path for path in self._files if not _is_static(path)]
            missing = str(error.name)
            return f"theme {self.name!r} has no file {missing!r}{nearest(missing, known)}"
        if isinstance(error, jinja2.UndefinedError) and (
            found := _LACKS.match(error.message or "")
        ):
            from importlib import import_module  # noqa: PLC0415 - only a failure needs it

            module, kind, wanted = found.groups()
            names = dir(getattr(import_module(module), kind, None))
            known = [each for each in names if not each.startswith("_")]
            return f"{kind} has no {wanted!r}{nearest(wanted, known)}"
        if found := _LACKS_KEY.fullmatch(getattr(error, "message", None) or ""):
            known = [*self.options, *self.static]
            return f"nothing is called {found[1]!r}{nearest(found[1], known)}"
        if isinstance(error, jinja2.TemplateError):
            return " ".join((error.message or type(error).__name__).split())
        return " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")

    def _new_environment(self, *, is_quick: bool = True) -> Templates:
        compiled = None
        if self._kept:
            manner = "" if is_quick else "patient"
            compiled = Compiled(self._kept, self._is_shipped, self.catalogue.digest + manner)
            self._compiled.append(compiled)
        environment = Templates(self._source, compiled, self.catalogue, is_quick=is_quick)
        environment.filters |= self.words.filters()
        environment.globals["theme"] = self
        # Keys stay as a template has them, and letters as people write them.
        environment.policies["json.dumps_function"] = _json
        environment.policies["json.dumps_kwargs"] = {}
        return environment

    def _source(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        if name not in self._files:
            return None
        try:
            return self._files[name].data.decode("utf-8-sig"), name, lambda: True
        except UnicodeDecodeError as error:
            raise _NotUtf8(name, error) from error

    def _publish(self, path: str) -> None:
        """Put a digest into the published name, so that browsers may keep the file for ever."""
        data = self.render(path, None).encode() if _is_template(path) else self._files[path].data
        plain = path.removesuffix(TEMPLATE)
        place = PurePosixPath(plain)
        digest = blake2b(data, digest_size=4).hexdigest()
        self.static[plain] = str(place.with_name(f"{place.stem}.{digest}{place.suffix}"))
        self._published[self.static[plain]] = data


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


class _NotUtf8(jinja2.TemplateError):
    """A template is no text."""

    def __init__(self, name: str, error: UnicodeDecodeError) -> None:
        super().__init__("is not UTF-8: save it as UTF-8")
        self.name = name
        self.line = error.object.count(b"\n", 0, error.start) + 1


def _is_static(path: str) -> bool:
    return path.startswith("static/")


def _is_template(path: str) -> bool:
    """Whether a static file is made anew from the options, and from other published names."""
    return path.endswith(TEMPLATE)


def _is_rendered(path: str) -> bool:
    return path.startswith(("templates/", "emails/")) or _is_template(path)


def _folders(place: Path) -> list[Path]:
    return [each for each in place.iterdir() if each.is_dir()] if place.is_dir() else []


def _paths(place: str) -> Iterator[str]:
    """Tell the files below a folder, but for hidden ones."""
    for folder, folders, names in os.walk(place, onerror=_refuse_unreadable):
        folders[:] = [each for each in folders if each[0] != "."]
        below = f"{folder[len(place) + 1 :]}/".replace(os.sep, "/").lstrip("/")
        yield from (
            below + each for each in names if each[0] != "." and Path(folder, each).is_file()
        )


def _refuse_unreadable(error: OSError) -> None:
    """Refuse a folder that cannot be listed; one that is not there is none."""
    if not isinstance(error, FileNotFoundError):
        raise error


def _read(place: Path) -> Files:
    """Read the files below a folder, but for hidden ones."""
    shown, is_shipped = _shown(place), place.is_relative_to(SHIPPED)
    try:
        paths = sorted(_paths(str(place)))
        for path in paths:
            if not path.isprintable():
                name = ascii(path)[1:-1]
                message = f"{shown}/{name}:1: the name holds what cannot be printed: rename it"
                raise ThemeError(message)
        return {
            path: File(f"{shown}/{path}", read_file(f"{place}/{path}"), is_shipped)
            for path in paths
        }
    except OSError as error:
        message = f"{error.filename or place}:1: cannot be read: {error.strerror}"
        raise ThemeError(message) from error


def _find(root: Path, choice: ThemeChoice) -> Found:
    """Find the files of a theme and its options, the site's own over those that come along.

    What a theme is based on lies below it, overrides above all.
    """
    places = (SHIPPED, root / "themes")
    known = {each.name for place in places for each in _folders(place)}
    if choice.name not in known:
        message = f"no theme is called {choice.name!r}{nearest(choice.name, known)}"
        raise ContentErrors([_problem(choice, choice.line, "theme", message)])
    layers: list[tuple[Files, Declaration]] = []
    seen = [choice.name]
    while True:
        files: Files = {}
        for place in places:
            files = _over(files, _read(place / seen[-1]))
        file = files.get("theme.toml", File("theme.toml", b""))
        declaration = read_declaration(file.place, file.data)
        layers.insert(0, (files, declaration))
        base = declaration.base
        if not base:
            break
        if base not in known or base in seen:
            missing = f"no theme is called {base!r}{nearest(base, known)}"
            wrong = f"{base!r} is based on itself" if base in seen else missing
            message = f"{file.place}:{line_of('base', file.data)}: {wrong}"
            raise ThemeError(message)
        seen.append(base)
    found: Files = {}
    options: dict[str, Option] = {}
    for files, declaration in layers:
        found = _over(found, files)
        options |= declaration.options
    own = _read(root / "overrides")
    _refuse_vain(own, found)
    return _over(found, own), options


def _over(below: Files, above: Files) -> Files:
    """Lay files over others: a static file hides the template that would make it, or is hidden."""
    twins = {
        path.removesuffix(TEMPLATE) if _is_template(path) else f"{path}{TEMPLATE}"
        for path in filter(_is_static, above)
    }
    laid = {path: file for path, file in below.items() if path not in twins} | above
    for path in filter(_is_catalogue, above):
        if path in below:  # what it does not say is said by the one below
            laid[path] = _upon(above[path], below[path])
    return laid


def _upon(above: File, below: File) -> File:
    return replace(above, below=_upon(above.below, below) if above.below else below)


_ROOMS = ("templates/", "emails/", "static/", FOLDER)
"""The folders of a theme."""


def _is_catalogue(path: str) -> bool:
    return path.startswith(FOLDER)


def _languages(files: Files) -> list[str]:
    """Tell the languages that a theme speaks."""
    said = [path.removeprefix(FOLDER).removesuffix(ENDING) for path in filter(_is_catalogue, files)]
    return [ENGLISH, *said] if ENGLISH not in said else said


def _language_problems(choice: ThemeChoice, files: Files) -> tuple[Problem, ...]:
    """Tell languages of a site that its theme does not speak, or that there are not."""
    known = _languages(files)
    problems = []
    for code, line in ((choice.language, choice.language_line), *choice.others):
        address = "languages" if choice.others else "language"
        if code == ENGLISH or find_language(code, known):
            continue
        if is_known(code):
            rest = f"add {FOLDER}{code}{ENDING} to overrides/, or write one of "
            message = f"the theme does not speak {code!r}: {rest}{', '.join(sorted(known))}"
        else:
            message = f"there is no language {code!r}{nearest(code, known)}"
        problems.append(_problem(choice, line, address, message))
    return tuple(problems)


def _refuse_strays(files: Files) -> None:
    """Refuse a file that no theme has a use for: an override at the wrong place does nothing."""
    for path, file in files.items():
        if path != "theme.toml" and not path.startswith(_ROOMS):
            known = [each for each in files if each != path]
            named = [each for each in known if each.endswith(f"/{path}")]
            hint = f"; did you mean {named[0]!r}?" if named else nearest(path, known)
            where = "templates/, emails/, static/ or locales/"
            message = f"{file.place}:1: is in none of {where}, so it changes nothing{hint}"
            raise ThemeError(message)
        if str(PurePosixPath(path).parent) == "templates" and not file.data.strip():
            message = f"{file.place}:1: is empty, so that its pages would be: write or remove it"
            raise ThemeError(message)


def _refuse_vain(own: Files, theme: Files) -> None:
    """Refuse an override that changes nothing: its name is a slip, or another takes its place."""
    for path, file in own.items():
        twin = f"{path}{TEMPLATE}"
        if _is_static(path) and twin in own:
            message = (
                f"{own[twin].place}:1: would be published as {file.place} is: keep one of them"
            )
            raise ThemeError(message)
        name = path.encode()
        is_asked_for = any(name in each.data for each in (*own.values(), *theme.values()))
        if path in theme or is_asked_for or not path.startswith(("templates/", "emails/")):
            continue
        folder = PurePosixPath(path).parent
        stems = {
            PurePosixPath(each).stem: each for each in theme if PurePosixPath(each).parent == folder
        }
        if meant := closest(PurePosixPath(path).stem, stems):
            message = f"{file.place}:1: nothing asks for it; did you mean {stems[meant]!r}?"
            raise ThemeError(message)


def _shown(path: Path) -> str:
    """Name a file as briefly as it can still be found."""
    for base in (Path.cwd(), SHIPPED.parent):
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    return path.as_posix()


def _options(
    choice: ThemeChoice, declared: dict[str, Option], published: frozenset[str] | None = None
) -> dict[str, Value]:
    """Check the site's options against those that the theme declares.

    Files are looked for among those that are published, where these are known.
    """
    options: dict[str, Value] = {
        name: () if option.kind == Kind.LINKS else option.default
        for name, option in declared.items()
    }
    problems = []
    for option in choice.options:
        known = declared.get(option.name)
        if known:
            message = mistake(known, option.value, published)
            options[option.name] = option.value
        else:
            hint = nearest(option.name, declared)
            message = f"the theme has no option {option.name!r}{hint}"
        if message:
            address = f"theme.options.{option.name}"
            problems.append(_problem(choice, option.line, address, message))
    if problems:
        raise ContentErrors(problems)
    return options


def _problem(choice: ThemeChoice, line: int, address: str, message: str) -> Problem:
    return Problem(path=choice.path, line=max(line, 1), address=address, message=message)


def _digest(
    files: Files,
    options: Mapping[str, Value],
    moment: datetime | None,
    languages: tuple[tuple[str, str], ...],
) -> str:
    digest = blake2b(digest_size=16)
    for path in sorted(files):
        if not _is_catalogue(path):  # of those only its own counts
            data = files[path].data
            digest.update(f"{path}\0{len(data)}\0".encode() + data)
    for name in sorted(options):
        digest.update(f"{name}={options[name]}\0".encode())
    digest.update(f"{moment}\0{languages}\0".encode())
    return digest.hexdigest()
