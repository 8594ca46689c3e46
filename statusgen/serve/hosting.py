"""What a host would answer: the site's files, under its own headers, redirects and 404 page."""

from __future__ import annotations

import re
import tomllib
from mimetypes import MimeTypes
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from msgspec import Struct

from statusgen.errors import PreviewError
from statusgen.expression import expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from statusgen.serve.shelf import Shelf

NETLIFY = "netlify.toml"
HEADERS = "_headers"
REDIRECTS = "_redirects"
NOT_FOUND = "404.html"
LEFT_OUT = ("strict-transport-security",)
"""Headers that a preview over plain HTTP leaves out; browsers would ignore them."""

# No list of the machine's own is asked, so that a file has the same type everywhere.
_TYPES = MimeTypes()
for _type, _ending in (
    ("application/rss+xml", ".rss"),
    ("application/atom+xml", ".atom"),
    ("application/manifest+json", ".webmanifest"),
    ("font/woff2", ".woff2"),
    ("image/avif", ".avif"),
    ("image/webp", ".webp"),
    ("message/rfc822", ".eml"),
    ("text/calendar", ".ics"),
    ("text/javascript", ".js"),
    ("text/markdown", ".md"),
    ("text/xml", ".xml"),
):
    _TYPES.add_type(_type, _ending)
_IS_TEXT = expression(r"text/|application/(json|[a-z]+\+(xml|json))$|image/svg")


class Answer(Struct, frozen=True, kw_only=True):
    """What a browser is answered; the names of headers are in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes = b""
    is_bare: bool = False

    @property
    def is_page(self) -> bool:
        """Whether it is HTML that may be dressed; what is bare stays as it was written."""
        return not self.is_bare and self.headers.get("content-type", "").startswith("text/html")


class HeaderRule(Struct, frozen=True):
    """Headers that are sent with each path that matches."""

    path: re.Pattern[str]
    values: dict[str, str]


class Redirect(Struct, frozen=True, kw_only=True):
    """A path that leads elsewhere; unless forced, only where nothing is."""

    path: re.Pattern[str]
    to: str
    status: int
    is_forced: bool


class Rules(Struct, frozen=True, kw_only=True):
    """What a site asks of its host; of two rules for one header the later wins."""

    headers: tuple[HeaderRule, ...] = ()
    redirects: tuple[Redirect, ...] = ()

    def headers_of(self, path: str) -> dict[str, str]:
        """Gather the headers of a path."""
        matching = (rule.values for rule in self.headers if rule.path.fullmatch(path))
        return {
            name: value
            for values in matching
            for name, value in values.items()
            if name not in LEFT_OUT
        }

    def redirect(self, path: str, *, is_there: bool) -> Answer | None:
        """Lead on from a path, if a rule says so."""
        for rule in self.redirects:
            found = rule.path.fullmatch(path)
            if found and (rule.is_forced or not is_there):
                to = rule.to
                for name, value in found.groupdict().items():
                    to = to.replace(f":{name}", quote(value or ""))
                return Answer(status=rule.status, headers={"location": to})
        return None


def read_rules(root: Path, shelf: Shelf) -> Rules:
    """Read what Netlify would: `netlify.toml` of the site, and what is published for it.

    Those are `_headers`, and `_redirects`, which come first.

    Raises PreviewError.
    """
    headers: list[HeaderRule] = []
    redirects: list[Redirect] = []
    if (root / NETLIFY).is_file():
        try:
            config = tomllib.loads((root / NETLIFY).read_text(encoding="utf-8"))
            headers += [
                HeaderRule(_pattern(rule["for"]), _named(rule["values"].items()))
                for rule in config.get("headers", ())
            ]
            redirects += _redirects(config.get("redirects", ()))
        except (ValueError, KeyError, TypeError, AttributeError, OSError, re.error) as error:
            message = f"{NETLIFY}:1: cannot be read as Netlify does: {error}"
            raise PreviewError(message) from error
    if shelf.has(HEADERS):
        headers += _headers(shelf.data(HEADERS).decode(errors="replace"))
    if shelf.has(REDIRECTS):
        lines = shelf.data(REDIRECTS).decode(errors="replace").splitlines()
        rules = (line.split() for line in lines if not line.startswith("#"))
        old = [
            {"from": path, "to": to, "status": status.rstrip("!"), "force": status.endswith("!")}
            for path, to, status in (each for each in rules if each)
        ]
        redirects = [*_redirects(old), *redirects]
    return Rules(headers=tuple(headers), redirects=tuple(redirects))


def answer(shelf: Shelf, base: str, rules: Rules, address: str) -> Answer:
    """Answer an address as the host of the site would, whose pages lie below the path `base`."""
    if not address.startswith(base):
        # Above the site is no page of ours: from there, and from `/`, it leads to the site.
        is_above = base.startswith(address.rstrip("/") + "/")
        return _to(base) if is_above else _not_found(shelf, rules, address)
    path = "/" + address.removeprefix(base)
    there = _find(shelf, path)
    found = rules.redirect(unquote(path), is_there=there is not None)
    if found:
        to = found.headers["location"]
        is_whole = "://" in to or to.startswith(base)
        return _to(to if is_whole else base + to.removeprefix("/"), found.status)
    if there is None:
        return _not_found(shelf, rules, path)
    if there != unquote(path).removeprefix("/") and not path.endswith("/"):
        return _to(f"{address}/", 301)
    headers = {"content-type": type_of(there)} | rules.headers_of(unquote(path))
    return Answer(status=200, headers=headers, body=shelf.data(there))


def plain(status: int, text: str) -> Answer:
    """Answer in words."""
    return Answer(status=status, headers={"content-type": type_of("a.txt")}, body=text.encode())


def type_of(name: str) -> str:
    """Tell the type of a file by its name."""
    kind = _TYPES.guess_type(name, strict=True)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if _IS_TEXT.match(kind) else kind


def _find(shelf: Shelf, path: str) -> str | None:
    """Find the file that is published at a path: its own, or the page of a folder."""
    name = unquote(path).removeprefix("/")
    if name in (HEADERS, REDIRECTS):
        return None
    page = f"{name.rstrip('/')}/index.html".removeprefix("/")
    if not name.endswith("/") and shelf.has(name):
        return name
    return page if shelf.has(page) else None


def _not_found(shelf: Shelf, rules: Rules, path: str) -> Answer:
    headers = {"content-type": type_of(NOT_FOUND)} | rules.headers_of(unquote(path))
    body = b"<!doctype html><title>Not found</title><h1>There is nothing at this address</h1>"
    if shelf.has(NOT_FOUND):
        body = shelf.data(NOT_FOUND)
    # The type is that of the page, whatever the address looks like.
    return Answer(status=404, headers=headers | {"content-type": type_of(NOT_FOUND)}, body=body)


def _to(location: str, status: int = 302) -> Answer:
    return Answer(status=status, headers={"location": location})


def _pattern(path: str) -> re.Pattern[str]:
    """Turn a path of a rule into an expression: `*` is the rest, `:name` one step."""
    text = re.escape(path if path == "/" else path.rstrip("/"))
    text = re.sub(r":([A-Za-z]\w*)", r"(?P<\1>[^/]+)", text)
    if text.endswith(r"/\*"):
        return expression(text.removesuffix(r"/\*") + r"(?:/(?P<splat>.*))?", re.DOTALL)
    return expression(text.replace(r"\*", ".*") + "/?", re.DOTALL)


def _redirects(rules: Iterable[dict[str, Any]]) -> Iterator[Redirect]:
    for rule in rules:
        status = int(rule.get("status", 301))
        if str(rule["from"]).startswith("/") and status in (301, 302, 303, 307, 308):
            yield Redirect(
                path=_pattern(rule["from"]),
                to=str(rule["to"]),
                status=status,
                is_forced=bool(rule.get("force", False)),
            )


def _headers(text: str) -> Iterator[HeaderRule]:
    """Read `_headers`: a path, and below it its headers, indented."""
    for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE):
        path, *lines = block.splitlines() or [""]
        pairs = [line.partition(":")[::2] for line in lines if line.strip()[:1] not in ("", "#")]
        if path.startswith("/"):
            yield HeaderRule(_pattern(path.strip()), _named(pairs))


def _named(pairs: Iterable[tuple[str, object]]) -> dict[str, str]:
    """Spell headers as they are sent: each on one line."""
    return {name.strip().lower(): " ".join(str(value).split()) for name, value in pairs}
