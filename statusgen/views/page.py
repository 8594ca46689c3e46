"""What every page has, and the pages that hang on nothing else.

Addresses in views are paths below the site (`incidents/…/`, empty for home); `frame.root` leads
from a page to the site. Times are in the site's zone.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct


class View(Struct, frozen=True, kw_only=True):
    """What one file shows, and nothing else."""


class Link(View, frozen=True, kw_only=True):
    """A name that leads somewhere."""

    title: str
    path: str


class Frame(View, frozen=True, kw_only=True):
    """What stands around every page."""

    site_title: str
    description: str
    language: str
    zone: str
    support: str
    pages: tuple[Link, ...]
    root: str
    path: str
    url: str


class ExtraPage(View, frozen=True, kw_only=True):
    """A page of the site's own."""

    frame: Frame
    title: str
    body: str


class NotFoundPage(View, frozen=True, kw_only=True):
    """What is shown where nothing is."""

    frame: Frame


class SitemapView(View, frozen=True, kw_only=True):
    """All addresses of the site, absolute, with the day of their last change where it is known."""

    addresses: tuple[tuple[str, date | None], ...]


class RobotsView(View, frozen=True, kw_only=True):
    """What crawlers are told."""

    sitemap: str
