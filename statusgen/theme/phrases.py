"""The words of a template, marked so that they can be translated.

`_("Resolved after %(time)s", time=…)` is a phrase, `ngettext("%(num)s day", "%(num)s days", count)`
one that counts. A phrase is put in place when its template is compiled, so that a page does not
look for it. It may hold HTML, which is the theme's own; what is put into it is escaped like all
else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError, nodes
from jinja2.visitor import NodeTransformer

from statusgen.expression import expression

if TYPE_CHECKING:
    from collections.abc import Mapping

    from statusgen.theme.catalogue import Catalogue

PHRASE = "_"
COUNTED = "ngettext"
COUNT = "num"
"""The name under which a phrase that counts shows its number."""

_PLACE = expression(r"%\((\w+)\)s|(%%)|(%)")


PLURAL = "plural_form"
"""The name under which a template asks which form of a phrase that counts is right."""


def placed(template: nodes.Template, name: str | None, language: Catalogue) -> nodes.Template:
    """Put the phrases of a template in place, as a language says them.

    Raises TemplateSyntaxError for one that is wrong.
    """
    result: nodes.Template = _Placing(name, language).visit(template)
    return result


class _Placing(NodeTransformer):
    def __init__(self, name: str | None, language: Catalogue) -> None:
        self.name = name
        self.language = language

    def visit_Output(self, node: nodes.Output) -> nodes.Output:  # noqa: N802 - Jinja's name
        """Let the pieces of a phrase stand beside each other, like other text."""
        self.generic_visit(node)
        parts = (each.nodes if isinstance(each, nodes.Concat) else [each] for each in node.nodes)
        node.nodes = [piece for pieces in parts for piece in pieces]
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - as above
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.node.name not in (PHRASE, COUNTED):
            return node
        values = {each.key: each.value for each in node.kwargs}
        texts = [one.value for one in node.args if isinstance(one, nodes.Const)]
        if node.node.name == PHRASE:
            if len(node.args) != 1 or len(texts) != 1:
                self.fail(node, f"{PHRASE}() takes one text, as it stands")
            self.check(node, texts[0], values)
            return self.phrase(node, self.language.say(texts[0]), values)
        if len(node.args) != 3 or len(texts) != 2:  # noqa: PLR2004 - one, many, and the number
            self.fail(node, f"{COUNTED}() takes two texts, as they stand, and a number")
        values[COUNT] = node.args[2]
        for text in texts:
            self.check(node, text, values)
        said = self.language.forms(texts[0])
        forms = [self.phrase(node, form, values) for form in said or texts]
        if not said:
            test = nodes.Compare(node.args[2], [nodes.Operand("eq", nodes.Const(1))])
            return nodes.CondExpr(test, *forms, lineno=node.lineno)
        chosen = forms.pop()
        form = nodes.Call(nodes.Name(PLURAL, "load"), [node.args[2]], [], None, None)
        while forms:
            test = nodes.Compare(form, [nodes.Operand("eq", nodes.Const(len(forms) - 1))])
            chosen = nodes.CondExpr(test, forms.pop(), chosen, lineno=node.lineno)
        return chosen

    def check(self, node: nodes.Call, text: str, values: Mapping[str, nodes.Expr]) -> None:
        """See that a phrase is given what it shows."""
        for found in _PLACE.finditer(text):
            if found[3]:
                self.fail(node, f"{text!r} has a lone %: write %% for the sign itself")
            if found[1] and found[1] not in values:
                self.fail(node, f"{text!r} is given no {found[1]!r}")

    def phrase(self, node: nodes.Call, text: str, values: Mapping[str, nodes.Expr]) -> nodes.Expr:
        pieces: list[nodes.Expr] = []
        end = 0
        for found in _PLACE.finditer(text):
            literal = text[end : found.start()] + ("%" if found[2] else "")
            pieces.append(nodes.TemplateData(literal, lineno=node.lineno))
            if found[1]:
                pieces.append(values[found[1]])
            end = found.end()
        pieces.append(nodes.TemplateData(text[end:], lineno=node.lineno))
        shown = [
            one for one in pieces if not isinstance(one, nodes.TemplateData) or one.data
        ] or pieces[:1]
        return shown[0] if len(shown) == 1 else nodes.Concat(shown, lineno=node.lineno)

    def fail(self, node: nodes.Call, message: str) -> None:
        raise TemplateSyntaxError(message, node.lineno, self.name, self.name)
