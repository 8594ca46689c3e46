"""The theme: templates, static files and e-mails, found and digested."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from importlib import import_module
from pathlib import Path, PurePosixPath
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

import jinja2
import msgspec
from babel.dates import format_date
from markupsafe import Markup, escape
from msgspec import Struct

from statusgen.errors import ContentErrors, Problem, ThemeError, nearest
from statusgen.markdown import to_html, to_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import StrEnum

    from statusgen.config import ThemeChoice

_PACKAGE = Path(__file__).parent
SHIPPED = _PACKAGE / "themes" if (_PACKAGE / "themes").is_dir() else _PACKAGE.parent / "themes"
"""The themes that come along: inside the wheel, beside the package in a checkout."""

_LOCALE = "en"
_TEMPLATE = ".j2"
_LACKS = re.compile(r"'([\w.]+)\.(\w+) object' has no attribute '(\w+)'")
"""How Jinja says that a view has no such value."""


class Option(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a theme lets a site set: a value must match `pattern`, `expects` says what that is."""

    default: str
    pattern: str = ".*"
    expects: str = "a text"
    description: str = ""


class Declaration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a theme says of itself, in `theme.toml`."""

    name: str = ""
    description: str = ""
    options: dict[str, Option] = {}


class File(Struct, frozen=True):
    """A file of the theme, and where it was found."""

    place: str
    data: bytes


Files = dict[str, File]
"""The files by their path in the theme."""


class Theme:
    """Everything that rendering needs beside a view.

    `digest` covers every file that can be reached and the options, so that a page is rendered anew
    when any of them changes. `static` tells the published name of each static file.
    """

    def __init__(self, name: str, files: Files, options: dict[str, str]) -> None:
        self.name = name
        self.options = options
        self.digest = _digest(files, options)
        self.static: dict[str, str] = {}
        self._files = files
        self._environment = self._new_environment()
        self._published: dict[str, bytes] = {}
        # Templates come last: they may ask for the published names of the others.
        for path in sorted(filter(_is_static, files), key=_is_template):
            self._publish(path)

    @classmethod
    def load(cls, root: Path, choice: ThemeChoice) -> Theme:
        """Find the theme's files: the site's own come before the shipped ones.

        Raises ContentErrors for a theme or an option that is not there, ThemeError for a theme
        that is broken.
        """
        files = _find(root, choice)
        _refuse_strays(files)
        return cls(choice.name, files, _options(choice, files))

    @classmethod
    def problems(cls, root: Path, choice: ThemeChoice) -> tuple[Problem, ...]:
        """Tell what is wrong with a choice, beside what else is wrong with the settings."""
        try:
            _options(choice, _find(root, choice))
        except ContentErrors as error:
            return error.problems
        except ThemeError:
            return ()  # the theme itself is broken, which loading it tells
        return ()

    def render(self, template: str, view: object) -> str:
        """Render a template, named by its path in the theme; what ends in `.txt` is not escaped.

        Raises ThemeError with the file and the line that failed.
        """
        try:
            return self._environment.get_template(template).render(page=view)
        except Exception as error:  # a template is code, and code may fail in any way
            raise ThemeError(self._place(error, template)) from error

    def compile(self) -> None:
        """Compile every template, so that a broken one is found before it is needed.

        Raises ThemeError.
        """
        for path in filter(_is_rendered, self._files):
            try:
                self._environment.get_template(path)
            except jinja2.TemplateError as error:
                raise ThemeError(self._place(error, path)) from error

    def static_files(self) -> dict[str, bytes]:
        """Give the static files by the names under which they are published."""
        return self._published

    def _place(self, error: Exception, template: str) -> str:
        """Say in which file and on which line a template failed."""
        name, line = template, 1
        for frame, number in walk_tb(error.__traceback__):
            if frame.f_code.co_filename in self._files:
                name, line = frame.f_code.co_filename, number
        if isinstance(error, jinja2.TemplateSyntaxError):
            name, line = error.name or name, error.lineno
        if isinstance(error, _NotUtf8):
            name, line = error.name, error.line
        where = self._files[name].place if name in self._files else name
        return f"{where}:{line}: {self._cause(error)}"

    def _cause(self, error: Exception) -> str:
        """Say in one line what went wrong."""
        if isinstance(error, jinja2.TemplateNotFound):
            known = [path for path in self._files if not _is_static(path)]
            missing = str(error.name)
            return f"theme {self.name!r} has no file {missing!r}{nearest(missing, known)}"
        if isinstance(error, jinja2.UndefinedError) and (
            found := _LACKS.match(error.message or "")
        ):
            module, kind, wanted = found.groups()
            names = dir(getattr(import_module(module), kind, None))
            known = [each for each in names if not each.startswith("_")]
            return f"{kind} has no {wanted!r}{nearest(wanted, known)}"
        if isinstance(error, jinja2.TemplateError):
            return " ".join((error.message or type(error).__name__).split())
        return " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")

    def _new_environment(self) -> jinja2.Environment:
        environment = jinja2.Environment(
            loader=jinja2.FunctionLoader(self._source),
            undefined=jinja2.StrictUndefined,
            auto_reload=False,
            autoescape=_is_markup,  # noqa: S701 - all markup is escaped, plain text is not
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters |= FILTERS
        environment.globals["theme"] = self
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
        plain = path.removesuffix(_TEMPLATE)
        place = PurePosixPath(plain)
        digest = blake2b(data, digest_size=4).hexdigest()
        self.static[plain] = str(place.with_name(f"{place.stem}.{digest}{place.suffix}"))
        self._published[self.static[plain]] = data


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
    return path.endswith(_TEMPLATE)


def _is_markup(name: str | None) -> bool:
    """Whether a template's output is HTML or XML, so that what it shows is escaped."""
    return name is None or name.removesuffix(_TEMPLATE).endswith((".html", ".xml", ".svg"))


def _is_rendered(path: str) -> bool:
    return path.startswith(("templates/", "emails/")) or _is_template(path)


def _folders(place: Path) -> list[Path]:
    return [each for each in place.iterdir() if each.is_dir()] if place.is_dir() else []


def _read(place: Path) -> Files:
    """Read the files below a folder, but for hidden ones."""
    try:
        return {
            path.relative_to(place).as_posix(): File(_shown(path), path.read_bytes())
            for path in sorted(place.rglob("*"))
            if path.is_file() and not _is_hidden(path.relative_to(place))
        }
    except OSError as error:
        message = f"{error.filename or place}: cannot be read: {error.strerror}"
        raise ThemeError(message) from error


def _find(root: Path, choice: ThemeChoice) -> Files:
    """Find the files of a theme, the site's own over the shipped ones, overrides over both."""
    places = (SHIPPED, root / "themes")
    known = {each.name for place in places for each in _folders(place)}
    if choice.name not in known:
        message = f"no theme is called {choice.name!r}{nearest(choice.name, known)}"
        raise ContentErrors([_problem(choice, choice.line, "theme", message)])
    files: Files = {}
    for place in (*(place / choice.name for place in places), root / "overrides"):
        files |= _read(place)
    return files


def _refuse_strays(files: Files) -> None:
    """Refuse a file that no theme has a use for: an override at the wrong place does nothing."""
    for path, file in files.items():
        if path != "theme.toml" and not path.startswith(("templates/", "emails/", "static/")):
            known = [each for each in files if each != path]
            named = [each for each in known if each.endswith(f"/{path}")]
            hint = f"; did you mean {named[0]!r}?" if named else nearest(path, known)
            where = "templates/, emails/ or static/"
            message = f"{file.place}: is in none of {where}, so it changes nothing{hint}"
            raise ThemeError(message)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _shown(path: Path) -> str:
    """Name a file as briefly as it can still be found."""
    for base in (Path.cwd(), SHIPPED.parent):
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    return path.as_posix()


def _options(choice: ThemeChoice, files: Files) -> dict[str, str]:
    """Check the site's options against those that the theme declares."""
    declared = _declared(files.get("theme.toml", File("theme.toml", b"")))
    options = {name: option.default for name, option in declared.items()}
    problems = []
    for option in choice.options:
        address = f"theme.options.{option.name}"
        known = declared.get(option.name)
        if not known:
            hint = nearest(option.name, declared)
            message = f"the theme has no option {option.name!r}{hint}"
        elif not re.fullmatch(known.pattern, option.value):
            message = f"{option.value!r} is not {known.expects}"
        else:
            options[option.name] = option.value
            continue
        problems.append(_problem(choice, option.line, address, message))
    if problems:
        raise ContentErrors(problems)
    return options


def _declared(file: File) -> dict[str, Option]:
    """Read the options that a theme declares; its own defaults must be right as well."""
    try:
        options = msgspec.toml.decode(file.data, type=Declaration).options
        for name, option in options.items():
            if not re.fullmatch(option.pattern, option.default):
                message = f"the default {option.default!r} does not match - at `$.options.{name}`"
                raise msgspec.ValidationError(message)
    except (msgspec.DecodeError, UnicodeDecodeError, re.error) as error:
        message = f"{file.place}: {error}"
        raise ThemeError(message) from error
    return options


def _problem(choice: ThemeChoice, line: int, address: str, message: str) -> Problem:
    return Problem(path=choice.path, line=max(line, 1), address=address, message=message)


def _digest(files: Files, options: dict[str, str]) -> str:
    digest = blake2b(digest_size=16)
    for path in sorted(files):
        data = files[path].data
        digest.update(f"{path}\0{len(data)}\0".encode() + data)
    for name in sorted(options):
        digest.update(f"{name}={options[name]}\0".encode())
    return digest.hexdigest()


# Filters: how templates put times, states and figures into words.


@lru_cache(maxsize=8192)
def _day(value: date) -> str:
    return format_date(value, "d MMMM y", locale=_LOCALE)


@lru_cache(maxsize=1024)
def _weekday(value: date) -> str:
    return format_date(value, "EEEE", locale=_LOCALE)


@lru_cache(maxsize=1024)
def _month(value: date) -> str:
    return format_date(value, "MMMM y", locale=_LOCALE)


def _clock(value: datetime) -> str:
    return f"{value:%H:%M}"


def _zone(value: datetime) -> str:
    name = value.tzname() or "UTC"
    return name if name[0] not in "+-" else f"UTC{name}"


def _moment(value: datetime) -> str:
    return f"{_day(value.date())}, {_clock(value)} {_zone(value)}"


def _until(end: datetime, start: datetime) -> str:
    """Tell the end of a span as briefly as its start allows."""
    if end.date() != start.date():
        return _moment(end)
    return _clock(end) if end.tzname() == start.tzname() else f"{_clock(end)} {_zone(end)}"


def _iso(value: date | datetime) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    return value.isoformat()


def _time_element(value: datetime, text: str | None = None) -> Markup:
    shown = escape(text or _moment(value))
    return Markup(f'<time datetime="{_iso(value)}">{shown}</time>')  # noqa: S704 - both parts are escaped or ours


def _words(value: StrEnum | str) -> str:
    """Spell a state as a reader would: `degraded_performance` is "Degraded performance"."""
    return str(value).replace("_", " ").capitalize()


def _css(value: StrEnum | str) -> str:
    return str(value).replace("_", "-")


def _percent(share: float) -> str:
    """Write a share in percent with two places, never rounded up: 100 % means not a second."""
    hundredths = int(share * 10_000 + 1e-9)
    return "100" if hundredths == 10_000 and share >= 1 else f"{min(hundredths, 9_999) / 100:.2f}"  # noqa: PLR2004 - of ten thousand


def _duration(value: timedelta | int) -> str:
    seconds = int(value.total_seconds()) if isinstance(value, timedelta) else value
    if seconds < 60:  # noqa: PLR2004 - a minute
        return "less than a minute"
    hours, minutes = divmod(seconds // 60, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"))
    return " ".join(f"{count}\N{NO-BREAK SPACE}{unit}" for count, unit in parts if count)


FILTERS: dict[str, Callable[..., Any]] = {
    "markdown": to_html,
    "plain": to_text,
    "day": _day,
    "weekday": _weekday,
    "month": _month,
    "clock": _clock,
    "zone": _zone,
    "moment": _moment,
    "until": _until,
    "iso": _iso,
    "time": _time_element,
    "words": _words,
    "css": _css,
    "percent": _percent,
    "duration": _duration,
}
