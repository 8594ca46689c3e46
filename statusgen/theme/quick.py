"""What makes templates quick: they take it that all they ask for is there, and where.

Jinja tries whether `a.b` is an attribute or an item, makes something undefined of what is neither,
and gives what is included a context of its own. Who uses quick templates has others at hand for
where one fails.
"""

from __future__ import annotations

from contextlib import contextmanager
from keyword import iskeyword
from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.compiler import CodeGenerator
from jinja2.visitor import NodeTransformer

from statusgen.expression import expression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jinja2.compiler import Frame

INCLUDED = expression(r"""include\s+["']([^"']+)""")
"""The name of a template that another may include."""

_APART = (nodes.Extends, nodes.Block, nodes.Import, nodes.CallBlock)
_OWN = {"self", "super", "loop", "caller", "varargs", "kwargs"}
"""What a template that is put into another one may not hold, and the names it may not ask for."""


class Code(CodeGenerator):
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


class QuickCode(Code):
    """Takes `a.b` for an attribute and `a[b]` for an item, unless it is asked if it is there."""

    _is_asked = False

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """Gather what a template or a block makes, and give it as one piece.

        Each piece passes through every template that the one is based on.
        """
        if frame.buffer is not None:
            super().blockvisit(nodes, frame)
            return
        frame.buffer = pieces = self.temporary_identifier()
        self.writeline(f"{pieces} = []")
        super().blockvisit(nodes, frame)
        self.writeline(f"yield concat({pieces})")

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802 - as above
        for one in node.nodes:
            # Jinja shows nothing by something undefined, which takes longer than all else there.
            if isinstance(one, nodes.CondExpr) and one.expr2 is None:
                one.expr2 = nodes.Const("", lineno=one.lineno)
        super().visit_Output(node, frame)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - as above
        is_name = node.attr.isascii() and not iskeyword(node.attr)
        if not is_name or not self._is_quick(node.node):
            super().visit_Getattr(node, frame)
            return
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802 - as above
        if not self._is_quick(node.node):
            super().visit_Getitem(node, frame)
            return
        self.visit(node.node, frame)
        self.write("[")
        self.visit(node.arg, frame)
        self.write("]")

    def visit_Test(self, node: nodes.Test, frame: Frame) -> None:  # noqa: N802 - as above
        with self._asking(node, "defined", "undefined"):
            super().visit_Test(node, frame)

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:  # noqa: N802 - as above
        with self._asking(node, "default", "d"):
            super().visit_Filter(node, frame)

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if not self._is_escaped(frame):
            super()._output_child_pre(node, frame, finalize)
            return
        self.write("(escape_text(part) if (kind := type(part := ")

    def _output_child_post(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if not self._is_escaped(frame):
            super()._output_child_post(node, frame, finalize)
            return
        self.write(")) is str else part if kind is Markup else escape(part))")

    def _is_escaped(self, frame: Frame) -> bool:
        return bool(frame.eval_ctx.autoescape) and not frame.eval_ctx.volatile

    def _is_quick(self, of: nodes.Expr) -> bool:
        """Whether what is of some expression may be asked for as in Python."""
        is_one = isinstance(of, (nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Call))
        return is_one and not self._is_asked

    @contextmanager
    def _asking(self, node: nodes.Filter | nodes.Test, *names: str) -> Iterator[None]:
        before = self._is_asked
        self._is_asked |= node.name in names
        yield
        self._is_asked = before


def inlined(
    template: nodes.Template, part: Callable[[str], nodes.Template | None]
) -> nodes.Template:
    """Put what a template includes into it, where that comes to the same.

    `part` parses a template by its name; None, if there is none.
    """
    result: nodes.Template = _Inlining(template, part).visit(template)
    return result


class _Inlining(NodeTransformer):
    def __init__(
        self,
        template: nodes.Template,
        part: Callable[[str], nodes.Template | None],
        above: tuple[str, ...] = (),
    ) -> None:
        self.part = part
        self.above = above
        self.set_on: dict[str, int] = {}
        for name, line in _names(template):
            self.set_on[name] = max(line, self.set_on.get(name, 0))

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802 - as above
        named = node.template
        is_usual = node.with_context and not node.ignore_missing
        if not is_usual or not isinstance(named, nodes.Const) or named.value in self.above:
            return node
        part = self.part(named.value)
        if part is None or any(part.find_all(_APART)):
            return node
        asked = {each.name for each in part.find_all(nodes.Name) if each.ctx == "load"}
        # What is set only behind it would hide what the page was given under the same name.
        if asked & _OWN or any(self.set_on.get(name, 0) >= node.lineno for name in asked):
            return node
        inner = _Inlining(part, self.part, (*self.above, named.value)).visit(part)
        return nodes.Scope(inner.body, lineno=node.lineno)


def _names(template: nodes.Template) -> Iterator[tuple[str, int]]:
    """Tell the names that a template gives to something, and on which lines."""
    for one in template.find_all((nodes.Name, nodes.Macro, nodes.FromImport, nodes.Import)):
        if (isinstance(one, nodes.Name) and one.ctx == "store") or isinstance(one, nodes.Macro):
            yield one.name, one.lineno
        elif isinstance(one, nodes.Import):
            yield one.target, one.lineno
        elif isinstance(one, nodes.FromImport):
            for name in one.names:
                yield (name if isinstance(name, str) else name[1]), one.lineno
