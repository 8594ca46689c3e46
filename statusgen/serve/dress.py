"""A page as the preview sends it: with its script, which its policy lets in, and nothing else."""

from __future__ import annotations

import re
from hashlib import blake2b
from html import escape, unescape
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urljoin, urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from statusgen.expression import expression

if TYPE_CHECKING:
    from collections.abc import Callable

    from statusgen.serve.hosting import Answer

OWN = "/.statusgen/"
"""Below which the preview's own files are: an address that no site can have."""

_NEEDS = ("script-src", "connect-src", "style-src")
_POLICY = "content-security-policy"
_META = expression(rf"<meta\b[^>]*\bhttp-equiv=[\"']?{_POLICY}\b[^>]*>", re.IGNORECASE)
_CONTENT = expression(r"(\bcontent=)(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_SHEET = expression(r"<link\b[^>]*\brel=[\"']?stylesheet\b[^>]*>", re.IGNORECASE)
_HREF = expression(r"(\bhref=)(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
# To look for `src=` anywhere takes ten times as long.
_SOURCE = expression(
    r"<(?:img|script|source|iframe|video|audio|track|embed|input)\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*?"
    r"\bsrc=(?:\"([^\"]*)\"|'([^']*)')",
    re.IGNORECASE,
)

Load: TypeAlias = "Callable[[str], bytes]"
"""Gives what stands at an address of the site."""


class Trouble(Struct, frozen=True, kw_only=True):
    """Something that is wrong: where, and what would be right."""

    where: str = ""
    address: str = ""
    message: str


class Shown(Struct, frozen=True, kw_only=True):
    """What a page shows now: digests of its text, of its pictures and style sheets; what is wrong.

    That of the text leaves out where the style sheets are, since their names change with them.
    """

    page: str
    pictures: str
    styles: tuple[tuple[str, str], ...]
    problems: tuple[Trouble, ...]


class Edition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a page shows now, and the text of the page, if it is another one."""

    shown: Shown
    text: str = ""


def shown(answer: Answer, address: str, load: Load, problems: tuple[Trouble, ...]) -> Shown:
    """Tell what an answer shows, so that a browser knows whether its own is still the same."""
    if not answer.is_page:
        return Shown(page=_digest(answer.body), pictures="", styles=(), problems=problems)
    text = answer.body.decode(errors="replace")
    styles: list[tuple[str, str]] = []

    def take(link: re.Match[str]) -> str:
        """Take the address of a style sheet out, and the sheet with it."""
        href = _HREF.search(link[0])
        if not href:
            return link[0]
        sheet = unescape(href[2] or href[3] or "")
        styles.append((sheet, _digest(load(_place(address, sheet)))))
        return _HREF.sub("", link[0])

    bare = _SHEET.sub(take, text)
    sources = [unescape(double or single) for double, single in _SOURCE.findall(text)]
    own = [load(_place(address, source)) for source in sources if not urlsplit(source).netloc]
    return Shown(
        page=_digest(bare.encode()),
        pictures=_digest(b"".join(own)),
        styles=tuple(styles),
        problems=problems,
    )


def dress(answer: Answer, shown: Shown) -> Answer:
    """Put the script into a page, and let the page's own policy allow it."""
    headers = dict(answer.headers)
    if _POLICY in headers:
        headers[_POLICY] = ", ".join(map(_allow, headers[_POLICY].split(",")))
    text = answer.body.decode(errors="surrogateescape")
    text = _META.sub(lambda meta: _CONTENT.sub(_allow_content, meta[0]), text)
    known = escape(msgspec.json.encode(shown).decode())
    script = f'<script src="{OWN}preview.js" data-shown="{known}" defer></script>\n'
    head, end, rest = text.partition("</head>")
    text = f"{head}{script}{end}{rest}" if end else text + script
    return replace(answer, headers=headers, body=text.encode(errors="surrogateescape"))


def _allow_content(content: re.Match[str]) -> str:
    return f'{content[1]}"{escape(_allow(unescape(content[2] or content[3] or "")))}"'


def _allow(policy: str) -> str:
    """Let a policy allow what the preview needs: its own script, style sheet and events."""
    directives: dict[str, list[str]] = {}
    for part in policy.split(";"):
        name, *sources = part.split() or [""]
        directives.setdefault(name.lower(), sources)
    directives.pop("", None)
    for need in _NEEDS:
        held = directives.get(need, directives.get("default-src"))
        if held is not None and "'self'" not in held:
            kept = [source for source in held if source.lower() != "'none'"]
            directives[need] = [*kept, "'self'"]
    return "; ".join(" ".join((name, *sources)) for name, sources in directives.items())


def _place(address: str, reference: str) -> str:
    return urlsplit(urljoin(address, reference)).path


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=8).hexdigest()
