"""Where an address of a text leads, seen from where it is shown."""

from __future__ import annotations

from statusgen.expression import expression

FILES = "files/"
"""Where the site's own files lie."""

_SCHEME = expression(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
# Browsers read a backslash as a slash, and blanks inside an address not at all.
_OTHER_HOST = expression(r"[a-zA-Z][a-zA-Z0-9+.-]*:|[/\\]{2}")
_UNREAD = expression(r"^[\x00- ]+|[\t\n\r]|[\x00- ]+$")


def absolute(address: str, root: str, page: str, base: str = "") -> str:
    """Tell where an address of a text leads, seen from where it is shown.

    `base` leads to the site's own files, where `root` leads to a tree of pages.
    """
    address = _UNREAD.sub("", address)
    if not address or _SCHEME.match(address):
        return address
    if address.startswith("#"):
        return page + address
    if address.startswith(("/", "\\")):
        from urllib.parse import urlsplit  # noqa: PLC0415 - only what begins at the host needs it

        site = urlsplit(root)
        host = f"{site.scheme}://{site.netloc}" if site.scheme else ""
        return (f"{site.scheme}:" if host and address.startswith("//") else host) + address
    path = address.removeprefix("./")
    return (base if base and path.startswith(FILES) else root) + path


def is_elsewhere(address: str) -> bool:
    """Whether an address leads to another host, however it is disguised."""
    return bool(_OTHER_HOST.match(_UNREAD.sub("", address)))
