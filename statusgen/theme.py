"""The theme: templates, static files and e-mails, found and digested."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from babel.dates import format_date
from markupsafe import Markup

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
_STATIC = "static/"


class Theme:
    """Everything that rendering needs beside a view.

    `digest` covers every file that can be reached and the options, so that a page is rendered anew
    when any of them changes.
    """

    def __init__(
        self, name: str, files: dict[str, tuple[str, bytes]], options: dict[str, str]
    ) -> None:
        """Take the files by their path in the theme, each with where it was found."""
        self.name = name
        self.options = options
        self._files = files
        self.digest = _digest(files, options)
        self._environment = self._new_environment()
        self.static = {
            path.removesuffix(".j2"): self._hashed(path)
            for path in files
            if path.startswith(_STATIC)
        }

    @classmethod
    def load(cls, root: Path, choice: ThemeChoice) -> Theme:
        """Find the theme's files: the site's own come before the shipped ones.

        Raises ContentErrors for a theme or an option that is not there, ThemeError for a theme
        that is broken.
        """
        places = [root / "themes" / choice.name, SHIPPED / choice.name]
        found = [place for place in places if place.is_dir()]
        if not found:
            known = {each.name for place in (root / "themes", SHIPPED) for each in _folders(place)}
            message = f"no theme is called {choice.name!r}{nearest(choice.name, known)}"
            raise ContentErrors([_problem(choice, choice.line, "theme", message)])
        files: dict[str, tuple[str, bytes]] = {}
        for place in (*reversed(found), root / "overrides"):
            files |= _read(place)
        return cls(choice.name, files, _options(choice, files))

    def render(self, template: str, view: object) -> str:
        """Render a template, named by its path in the theme; what ends in `.txt` is not escaped.

        Raises ThemeError with the file and the line that failed.
        """
        try:
            return self._environment.get_template(template).render(page=view)
        except jinja2.TemplateError as error:
            raise ThemeError(self._place(error, template)) from error

    def static_files(self) -> dict[str, bytes]:
        """Give the static files by the names under which they are published."""
        return {
            self._hashed(path): self._static_bytes(path)
            for path in self._files
            if path.startswith(_STATIC)
        }

    def _place(self, error: jinja2.TemplateError, template: str) -> str:
        """Say in which file and on which line a template failed."""
        name, line = template, 1
        if isinstance(error, jinja2.TemplateSyntaxError):
            name, line = error.name or template, error.lineno
        elif isinstance(error, jinja2.TemplateNotFound):
            return f"theme {self.name!r} has no file {error.name!r}"
        else:
            step = error.__traceback__
            while step:
                if step.tb_frame.f_code.co_filename in self._files:
                    name, line = step.tb_frame.f_code.co_filename, step.tb_lineno
                step = step.tb_next
        where = self._files[name][0] if name in self._files else name
        return f"{where}:{line}: {error.message or error}"

    def _new_environment(self) -> jinja2.Environment:
        environment = jinja2.Environment(
            loader=jinja2.FunctionLoader(self._source),
            undefined=jinja2.StrictUndefined,
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
        return self._files[name][1].decode(), name, lambda: True

    def _static_bytes(self, path: str) -> bytes:
        """Give a static file; one that ends in `.j2` is a template that may use the options."""
        if not path.endswith(".j2"):
            return self._files[path][1]
        return self.render(path, None).encode()

    def _hashed(self, path: str) -> str:
        """Put a digest into the published name, so that browsers may keep the file for ever."""
        stem, _, ending = path.removesuffix(".j2").rpartition(".")
        return f"{stem}.{blake2b(self._static_bytes(path), digest_size=4).hexdigest()}.{ending}"


def _is_markup(name: str | None) -> bool:
    """Whether a template's output is HTML or XML, so that what it shows is escaped."""
    return name is None or name.removesuffix(".j2").endswith((".html", ".xml", ".svg"))


def _folders(place: Path) -> list[Path]:
    return [each for each in place.iterdir() if each.is_dir()] if place.is_dir() else []


def _read(place: Path) -> dict[str, tuple[str, bytes]]:
    try:
        return {
            path.relative_to(place).as_posix(): (_shown(path), path.read_bytes())
            for path in sorted(place.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }
    except OSError as error:
        message = f"{place}: cannot be read: {error.strerror}"
        raise ThemeError(message) from error


def _shown(path: Path) -> str:
    """Name a file as briefly as it can still be found."""
    for base in (Path.cwd(), SHIPPED.parent):
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    return path.as_posix()


def _options(choice: ThemeChoice, files: dict[str, tuple[str, bytes]]) -> dict[str, str]:
    """Check the site's options against those that the theme declares."""
    where, data = files.get("theme.toml", ("theme.toml", b""))
    try:
        declared = tomllib.loads(data.decode()).get("options", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{where}: broken TOML: {error}"
        raise ThemeError(message) from error
    options = {name: str(option["default"]) for name, option in declared.items()}
    problems = []
    for option in choice.options:
        address = f"theme.options.{option.name}"
        pattern = declared.get(option.name, {}).get("pattern", ".*")
        if option.name not in declared:
            hint = nearest(option.name, declared)
            message = f"the theme has no option {option.name!r}{hint}"
        elif not re.fullmatch(pattern, option.value):
            message = f"{option.value!r} is not {declared[option.name]['expects']}"
        else:
            options[option.name] = option.value
            continue
        problems.append(_problem(choice, option.line, address, message))
    if problems:
        raise ContentErrors(problems)
    return options


def _problem(choice: ThemeChoice, line: int, address: str, message: str) -> Problem:
    return Problem(path=choice.path, line=max(line, 1), address=address, message=message)


def _digest(files: dict[str, tuple[str, bytes]], options: dict[str, str]) -> str:
    digest = blake2b(digest_size=16)
    for path in sorted(files):
        digest.update(f"{path}\0{len(files[path][1])}\0".encode() + files[path][1])
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


def _iso(value: date | datetime) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    return value.isoformat()


def _time_element(value: datetime, text: str | None = None) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(_iso(value), text or _moment(value))


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
    return " ".join(f"{count} {unit}" for count, unit in parts if count)


FILTERS: dict[str, Callable[..., Any]] = {
    "markdown": to_html,
    "plain": to_text,
    "day": _day,
    "weekday": _weekday,
    "month": _month,
    "clock": _clock,
    "zone": _zone,
    "moment": _moment,
    "iso": _iso,
    "time": _time_element,
    "words": _words,
    "css": _css,
    "percent": _percent,
    "duration": _duration,
}
