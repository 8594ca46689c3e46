"""The phrases of a language: gettext catalogues, read and checked.

A catalogue is `locales/<language>.po` of a theme. What a site or a theme says in its own comes
before what it is based on.
"""

from __future__ import annotations

import io
import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Protocol

from statusgen.errors import ThemeError
from statusgen.expression import expression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from babel.messages import Message

ENGLISH = "en"
"""The language in which themes are written; it needs no catalogue."""
FOLDER = "locales/"
ENDING = ".po"

_PLACES = expression(r"%\((\w+)\)s")
_BEGUN = expression(rb'\s*(?:msg\w+(?:\[\d+\])?\s*)?"')
_QUOTED = expression(rb'\s*(?:msg\w+(?:\[\d+\])?\s+)?"(?:[^"\\]|\\.)*"')
_SIGNS = expression(r"%%|%\(\w+\)s|(%.{0,9})", re.DOTALL)


class Source(Protocol):
    """A file of a theme: where it was found, what it holds, and what it stands on."""

    @property
    def place(self) -> str: ...
    @property
    def data(self) -> bytes: ...
    @property
    def below(self) -> Source | None: ...


class Catalogue:
    """What a language says for each phrase; what it does not know stays English.

    `digest` tells it from every other; it is empty where nothing is said in another way.
    """

    def __init__(self, code: str = ENGLISH, source: Source | None = None) -> None:
        """Read a catalogue with all that it stands on. Raises ThemeError with file and line."""
        self.code = code
        self.digest = ""
        self.plural: Callable[[int], int] = lambda count: int(count != 1)
        self._count = 0
        self._said: dict[str, str] = {}
        self._forms: dict[str, tuple[str, ...]] = {}
        layers: list[Source] = []
        while source:
            layers.insert(0, source)
            source = source.below
        for layer in layers:
            self._read(layer)
        if layers:
            held = b"\0".join(layer.data for layer in layers)
            self.digest = blake2b(held, digest_size=8).hexdigest()

    def say(self, phrase: str) -> str:
        """Say a phrase."""
        return self._said.get(phrase, phrase)

    def forms(self, one: str) -> tuple[str, ...]:
        """Tell the forms of a phrase that counts, in the order in which `plural` picks them.

        There are none where it stays English.
        """
        return self._forms.get(one, ())

    def _read(self, source: Source) -> None:
        from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415 - English has none

        for number, text in enumerate(source.data.split(b"\n"), 1):
            if _BEGUN.match(text) and not _QUOTED.fullmatch(text.rstrip()):
                message = f"{source.place}:{number}: is no text in quotes"
                raise ThemeError(message)
        try:
            found = read_po(
                io.BytesIO(source.data), locale=locale_name(self.code), abort_invalid=True
            )
        except PoFileError as error:
            message = f"{source.place}:{error.lineno + 1}: {error}"
            raise ThemeError(message) from error
        except UnicodeDecodeError as error:
            line = source.data.count(b"\n", 0, error.start) + 1
            message = f"{source.place}:{line}: is not UTF-8: save it as UTF-8"
            raise ThemeError(message) from error
        from gettext import c2py  # noqa: PLC0415 - as above

        plural = c2py(found.plural_expr)
        if not self._count:
            self.plural, self._count = plural, found.num_plurals
        # A file may count the forms in another way than the one below it.
        samples = (
            (n for n in range(1000) if self.plural(n) == form) for form in range(self._count)
        )
        order = [next(map(plural, each), found.num_plurals - 1) for each in samples]
        for one in found:
            if one.id and not one.fuzzy:
                self._take(one, source, found.num_plurals, order)

    def _take(self, one: Message, source: Source, count: int, order: list[int]) -> None:
        ids = (one.id,) if isinstance(one.id, str) else tuple(one.id)
        said = (one.string,) if isinstance(one.string, str) else tuple(one.string or ())
        if not any(said):
            return  # it stays English, which a test of ours tells of our own
        wrong = _mistake(ids, said, count)
        if wrong:
            message = f"{source.place}:{one.lineno}: {ids[0]!r}: {wrong}"
            raise ThemeError(message)
        if len(ids) > 1:
            self._forms[ids[0]] = tuple(said[form] for form in order)
        else:
            self._said[ids[0]] = said[0]


def _mistake(ids: tuple[str, ...], said: tuple[str, ...], count: int) -> str:
    """Say what is wrong with what is said for a phrase, if anything is."""
    counts = len(ids) > 1
    if counts and (len(said) != count or not all(said)):
        return f"needs {count} forms"
    wanted = set(_places(ids))
    for text in said:
        if lone := next((found[1] for found in _SIGNS.finditer(text) if found[1]), ""):
            return f"has a lone % ({lone!r}): write %% for the sign itself"
        found = set(_places([text]))
        if extra := sorted(found - wanted):
            return f"the phrase has no %({extra[0]})s"
        # A form for one, or for none, may say the number in words.
        if left := sorted(wanted - found - ({"num"} if counts else set())):
            return f"lacks %({left[0]})s"
    return ""


def _places(texts: Iterable[str]) -> Iterable[str]:
    return (name for text in texts for name in _PLACES.findall(text))


def locale_name(code: str) -> str:
    """Spell a language tag as Babel does: `pt-BR` is `pt_BR`."""
    return code.replace("-", "_")


def find(code: str, known: Iterable[str]) -> str | None:
    """Find the language that serves a reader of another: `de` for `de-AT`, never another script."""
    by_name = {name.lower(): name for name in known}
    if code.lower() in by_name:
        return by_name[code.lower()]
    base = code.split("-", maxsplit=1)[0].lower()
    near = sorted(name for name in by_name if name.split("-")[0] == base)
    fit = [name for name in near if _script(name) == _script(code)]
    return by_name[fit[0]] if fit else None


def is_known(code: str) -> bool:
    """Whether there is such a language."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - English needs none

    try:
        Locale.parse(locale_name(code))
    except (UnknownLocaleError, ValueError):
        return False
    return True


def _script(code: str) -> str:
    """Tell in which script a language is written."""
    from babel import Locale  # noqa: PLC0415 - as above
    from babel.core import get_global  # noqa: PLC0415 - as above

    locale = Locale.parse(locale_name(code))
    likely = get_global("likely_subtags")
    parts = [locale.language, locale.script, locale.territory]
    tag = "_".join(part for part in parts if part)
    for asked in (tag, f"{locale.language}_{locale.territory}", locale.language):
        if asked in likely:
            return locale.script or str(likely[asked]).split("_")[1]
    return locale.script or ""
