"""Texts without updates: post-mortems, announcements, extra pages, runbooks, templates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from statusgen.expression import expression
from statusgen.model import Announcement, Page, Postmortem
from statusgen.parse import shapes
from statusgen.parse.blocks import read_front_matter, split_front_matter
from statusgen.parse.nodes import Mapping, Place, Unreadable
from statusgen.parse.shapes import Key, Shape
from statusgen.parse.times import spell

if TYPE_CHECKING:
    from statusgen.content import Document
    from statusgen.parse.updates import Context

POSTMORTEM: Shape = {
    "title": Key(read=shapes.line),
    "published": Key(read=shapes.stated),
}
ANNOUNCEMENT: Shape = {
    "title": Key(read=shapes.line),
    "starts": Key(read=shapes.stated, required=True),
    "ends": Key(read=shapes.stated),
    "draft": Key(read=shapes.flag),
}
PAGE: Shape = {
    "title": Key(read=shapes.line),
    "draft": Key(read=shapes.flag),
}
OWN_ADDRESSES = frozenset(
    (
        "incidents",
        "maintenance",
        "components",
        "history",
        "search",
        "uptime",
        "static",
        "files",
        "api",
        "badge",
        "widget",
        "404",
        "index",
    )
)
"""Addresses that the site itself takes, so that no extra page may."""
OWN_FILES = frozenset(
    (
        "404.html",
        "_headers",
        "_redirects",
        "badge.30d.svg",
        "badge.90d.svg",
        "badge.svg",
        "history.atom",
        "history.json",
        "history.rss",
        "llms.txt",
        "maintenance.ics",
        "robots.txt",
        "site.webmanifest",
        "sitemap.xml",
        "status.json",
        "status.txt",
        "updates.atom",
        "updates.json",
        "updates.rss",
        "uptime.csv",
        "widget.js",
    )
)
"""Files of the site that stand beside home, so that no old address may."""

_HEADING = expression(r"^#[ \t]+(.+?)[ \t#]*$", re.MULTILINE)


def parse_postmortem(document: Document, context: Context, place: Place) -> Postmortem | None:
    """Read what was learnt from an incident."""
    try:
        values, title, body = read_text(document, POSTMORTEM, place)
        published = values.get("published")
        return Postmortem(
            incident=document.slug,
            title=title,
            body=body,
            published=published.instant(context.zone) if published else None,
        )
    except Unreadable:
        return None


def parse_announcement(document: Document, context: Context, place: Place) -> Announcement | None:
    """Read a notice."""
    zone = context.zone
    try:
        values, title, body = read_text(document, ANNOUNCEMENT, place)
        if "starts" not in values:
            return None
        starts = values["starts"].instant(zone)
        ends = values["ends"].instant(zone, after=starts) if "ends" in values else None
        if ends and ends <= starts:
            values["ends"].refuse(f"{spell(ends)} does not lie after the start, {spell(starts)}")
    except Unreadable:
        return None
    is_draft = values.get("draft", False)
    return Announcement(
        slug=document.slug, title=title, body=body, starts=starts, ends=ends, draft=is_draft
    )


def parse_page(document: Document, context: Context, place: Place) -> Page | None:
    """Read a text of the site's own."""
    others = {code.lower(): code for code in (context.languages or ())[1:]}
    if document.folder == "pages" and document.slug in others:
        code = others[document.slug]
        place.tell(1, f"the pages in {code!r} live at /{code}/: call the page something else")
        return None
    if document.folder == "pages" and document.slug in OWN_ADDRESSES:
        place.tell(1, f"the site itself lives at /{document.slug}/: call the page something else")
        return None
    try:
        values, title, body = read_text(document, PAGE, place)
    except Unreadable:
        return None
    return Page(slug=document.slug, title=title, body=body, draft=values.get("draft", False))


def read_text(document: Document, shape: Shape, place: Place) -> tuple[dict[str, Any], str, str]:
    """Read the front matter, if there is one, the title and the text."""
    front, text = split_front_matter(document.text, place)
    head = read_front_matter(front, place) if front else Mapping(entries=(), line=1)
    values = shapes.read_mapping(head, shape, place)
    body = text.body
    title = values.get("title", "")
    heading = _HEADING.search(body)
    if not title and heading and not body[: heading.start()].strip():
        title, body = heading[1], body[heading.end() :].strip("\n")
    if not title and not shapes.is_named(head, "title", shape):
        place.at("title").tell(text.first_line, "is missing: begin with a heading, `# Title`")
    if not body:
        place.at("text").tell(text.first_line, "is missing: there is nothing to read yet")
    return values, title, body
