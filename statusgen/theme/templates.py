"""Jinja, set up for what a build does: few templates, and a great many pages of each."""

from __future__ import annotations

from functools import cached_property
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

import jinja2
import markupsafe
from jinja2 import nodes
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Macro
from jinja2.utils import missing
from markupsafe import Markup

from statusgen.theme.phrases import PLURAL, placed

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from types import CodeType

    from jinja2.compiler import Frame

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
        others = self.arguments[len(args) :]
        is_usual = not self._takes_more and len(args) <= self._argument_count
        if not is_usual or (kwargs and not kwargs.keys() <= set(others)):
            return super().__call__(*args, **kwargs)
        text = self._func(*args, *[kwargs.get(name, missing) for name in others])
        return safe(text) if self._default_autoescape else text

    @cached_property
    def _takes_more(self) -> bool:
        return self.catch_kwargs or self.catch_varargs or self.caller


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
        names |= {"escape": escaped, "Macro": _Macro}
        return template


class _Code(CodeGenerator):
    """Leaves every expression to the page, so that code hangs on nothing but its source.

    Jinja works out beforehand what is the same each time, `{{ "*now*" | markdown(root="") }}` too.
    What has a name is called as it is: nothing that a template can name asks for its context.
    """

    def visit_Call(  # noqa: N802 - Jinja's name
        self,
        node: nodes.Call,
        frame: Frame,
        forward_caller: bool = False,  # noqa: FBT001, FBT002 - as Jinja has it
    ) -> None:
        is_spread = (
            node.dyn_args or node.dyn_kwargs or any(iskeyword(one.key) for one in node.kwargs)
        )
        if forward_caller or is_spread or not isinstance(node.node, nodes.Name):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for one in (*node.args, *node.kwargs):
            self.visit(one, frame)
            self.write(", ")
        self.write(")")

    def _output_child_to_const(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> str:
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)


class Templates(jinja2.Environment):
    """The templates of a theme, each found once: files of a theme do not change while it lives."""

    template_class = _Template
    code_generator_class = _Code

    def __init__(
        self,
        source: Callable[[str], Source | None],
        compiled: jinja2.BytecodeCache | None,
        language: Catalogue,
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
        return super()._generate(placed(source, name, self._language), name, filename, defer_init)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Give a template its globals as a dictionary: Jinja's chain of two is slow to copy."""
        return {**self.globals, **(d or {})}


def _is_markup(name: str | None) -> bool:
    """Whether a template's output is HTML or XML, so that what it shows is escaped."""
    return name is None or name.removesuffix(TEMPLATE).endswith((".html", ".xml", ".svg"))
