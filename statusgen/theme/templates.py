"""Jinja, set up for what a build does: few templates, and a great many pages of each."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import jinja2
import markupsafe
from jinja2.runtime import Macro
from jinja2.utils import missing
from markupsafe import Markup

from statusgen.theme.phrases import PLURAL, placed
from statusgen.theme.quick import INCLUDED, Code, QuickCode, inlined

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from types import CodeType

    from jinja2 import nodes
    from jinja2.environment import TemplateModule
    from jinja2.runtime import Context

    from statusgen.theme.catalogue import Catalogue

Source = tuple[str, str, "Callable[[], bool]"]
"""A template as Jinja's loaders tell it: text, name for messages, whether it still holds."""

TEMPLATE = ".j2"
"""What a static file ends in that is a template."""

# markupsafe.escape makes a Markup of each piece, which takes four times as long as escaping it.
_escaped_text: Callable[[str], str] = getattr(markupsafe, "_escape_inner", markupsafe.escape)


def escaped(value: object) -> str:
    """Escape what a template shows, as markupsafe does: what is Markup already stays as it is."""
    if type(value) is str:
        return _escaped_text(value)
    if type(value) is Markup:
        return value
    return str(value) if type(value) is int else markupsafe.escape(value)


def safe(text: str) -> Markup:
    """Make Markup of what is safe, in a quarter of the time that Markup itself takes for a str."""
    return str.__new__(Markup, text)


class _Macro(Macro):
    """A macro that is as quick to call as a function, unless it asks for more than its arguments.

    What it makes is Markup if its own template makes that.
    """

    def __call__(self, *args: object, **kwargs: object) -> str:
        if len(args) >= len(self._rests):
            return super().__call__(*args, **kwargs)
        rest = self._rests[len(args)]
        if kwargs:
            names = self.arguments[len(args) :]
            if not kwargs.keys() <= set(names):
                return super().__call__(*args, **kwargs)
            rest = tuple([kwargs.get(name, missing) for name in names])
        text = self._func(*args, *rest)
        return safe(text) if self._default_autoescape else text

    @cached_property
    def _rests(self) -> tuple[tuple[object, ...], ...]:
        """What stands for the arguments that are not given, by how many are."""
        takes_more = self.catch_kwargs or self.catch_varargs or self.caller
        count = -1 if takes_more else self._argument_count
        return tuple((missing,) * (count - given) for given in range(count + 1))


class _Template(jinja2.Template):
    """A template that escapes, and calls macros, more quickly."""

    @classmethod
    def from_code(
        cls,
        environment: jinja2.Environment,
        code: CodeType,
        globals: MutableMapping[str, Any],  # noqa: A002 - Jinja's name
        uptodate: Callable[[], bool] | None = None,
    ) -> jinja2.Template:
        template = super().from_code(environment, code, globals, uptodate)
        names = template.root_render_func.__globals__
        names |= {"escape": escaped, "escape_text": _escaped_text, "Macro": _Macro}
        return template

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        """Give what others import: all templates know the same, so that there is one for all."""
        return self._module or super()._get_default_module(ctx)


class Templates(jinja2.Environment):
    """The templates of a theme, each found once: files of a theme do not change while it lives.

    What a quick one makes is the same that Jinja's own would; where it fails, those may not.
    """

    template_class = _Template

    def __init__(
        self,
        source: Callable[[str], Source | None],
        compiled: jinja2.BytecodeCache | None,
        language: Catalogue,
        *,
        is_quick: bool = True,
    ) -> None:
        super().__init__(
            loader=jinja2.FunctionLoader(source),
            undefined=jinja2.StrictUndefined,
            auto_reload=False,
            autoescape=_is_markup,
            bytecode_cache=compiled,
            optimized=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.globals[PLURAL] = language.plural
        self.is_quick = is_quick
        self.code_generator_class = QuickCode if is_quick else Code
        self._source = source
        self._language = language
        self._found: dict[str | jinja2.Template, jinja2.Template] = {}

    def get_template(
        self,
        name: str | jinja2.Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja's name
    ) -> jinja2.Template:
        """Find a template as Jinja does, but only once: pages ask for the same ones."""
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = super().get_template(name, parent, globals)
        return found

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,  # noqa: FBT001, FBT002 - as Jinja has it
    ) -> str:
        template = placed(source, name, self._language)
        told = self._source(name) if name and self.is_quick else None
        if told:
            known = self.parts(told[0])  # by which it is known whether what is kept still holds
            template = inlined(template, partial(self._part, known, is_markup=_is_markup(name)))
        return super()._generate(template, name, filename, defer_init)

    def parts(self, source: str) -> dict[str, str]:
        """Tell the templates that may be put into one, and those that may into these."""
        found: dict[str, str] = {}
        sources = [source] if self.is_quick else []
        while sources:
            for name in INCLUDED.findall(sources.pop()):
                told = self._source(name) if name not in found else None
                if told:
                    found[name] = told[0]
                    sources.append(told[0])
        return found

    def _part(self, known: dict[str, str], name: str, *, is_markup: bool) -> nodes.Template | None:
        """Parse a template that may be put into another, if it escapes as that does."""
        source = known.get(name) if _is_markup(name) == is_markup else None
        return placed(self._parse(source, name, name), name, self._language) if source else None

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Give a template its globals as a dictionary: Jinja's chain of two is slow to copy."""
        return {**self.globals, **(d or {})}


def _is_markup(name: str | None) -> bool:
    """Whether a template's output is HTML or XML, so that what it shows is escaped."""
    return name is None or name.removesuffix(TEMPLATE).endswith((".html", ".xml", ".svg"))
