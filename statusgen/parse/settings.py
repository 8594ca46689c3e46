"""The site's settings, its components and its severity policy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from msgspec.structs import replace

from statusgen.config import (
    ALWAYS,
    CHECKS,
    DEFAULT_POLICY,
    FORMATS,
    CheckPolicy,
    Config,
    Escalation,
    Level,
    MailSettings,
    Policy,
    SeverityPolicy,
    ThemeChoice,
    ThemeLink,
    ThemeOption,
)
from statusgen.errors import nearest, one_of
from statusgen.expression import expression
from statusgen.model import Component, ComponentGroup, ComponentStatus, Impact, Severity
from statusgen.parse import shapes
from statusgen.parse.nodes import Mapping, Node, Place, Scalar, Sequence, Unreadable, read_yaml
from statusgen.parse.shapes import Key, Shape

if TYPE_CHECKING:
    from datetime import timedelta

    from statusgen.content import Document

_ADDRESS = expression(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PATH = expression(r"/?[\w.~%@+-][\w./~%@+-]*(\?[\w./~%@+=&-]*)?(#[\w.~%-]*)?")
_MAILBOX = expression(rf"(?:[^<>@,;\"\\]+ <({_ADDRESS.pattern})>|{_ADDRESS.pattern})")


def mail_address(node: Node, place: Place) -> str:
    """Read the address of a mailbox."""
    value = shapes.word(node, place)
    if not _ADDRESS.fullmatch(value):
        place.refuse(node.line, f"{value!r} is not a mail address like help@example.com")
    return value


def mailbox(node: Node, place: Place) -> str:
    """Read a mail address with a name, or without."""
    value = shapes.line(node, place)
    if not _MAILBOX.fullmatch(value):
        example = "Our Status <status@example.com>"
        place.refuse(node.line, f"{value!r} is not a sender: write it like {example}")
    return value


def contact(node: Node, place: Place) -> str:
    """Read a mail address or an address of the web."""
    value = shapes.word(node, place)
    if "@" not in value and ":" not in value:
        example = "help@example.com or https://example.com/help"
        place.refuse(node.line, f"{value!r} is no way to reach you: write it like {example}")
    return shapes.url(node, place) if "://" in value else mail_address(node, place)


def unsubscribe(node: Node, place: Place) -> str:
    """Read where one leaves the list: https:// (for one click), or mailto:."""
    value = shapes.word(node, place)
    if value.startswith("mailto:") and _ADDRESS.fullmatch(value.removeprefix("mailto:")):
        return value
    if not value.startswith("https://"):
        place.refuse(node.line, f"{value!r} is neither https://… nor mailto:…")
    return shapes.url(node, place)


def target(node: Node, place: Place) -> str:
    """Read where a link leads: an address of the web, mailto:, or a path of the site."""
    value = shapes.word(node, place)
    if value.startswith("mailto:") and _ADDRESS.fullmatch(value.removeprefix("mailto:")):
        return value
    if "://" in value:
        return shapes.url(node, place)
    if not _PATH.fullmatch(value):
        examples = "https://example.com/terms, mailto:help@example.com or about/"
        place.refuse(node.line, f"{value!r} leads nowhere: write it like {examples}")
    return value


def site_url(node: Node, place: Place) -> str:
    """Read the address at which the site lives; a path below a host is fine."""
    value = shapes.url(node, place)
    if "?" in value or "#" in value:
        place.refuse(node.line, f"{value!r} has a query or a fragment: leave them out")
    # Feeds, sitemaps and mails know only ASCII (RFC 3986).
    parts = urlsplit(value)
    if "@" in parts.netloc:
        place.refuse(node.line, f"{value!r} holds a user: everybody reads it, leave it out")
    host = (parts.hostname or "").encode("idna").decode()
    host = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port else ""
    path = quote(parts.path.rstrip("/") + "/", safe="/%:@!$&'()*+,;=~")
    return f"{parts.scheme}://{host}{port}{path}"


def duration(node: Node, place: Place) -> timedelta | None:
    """Read a span of time, or `none`."""
    if isinstance(node, Scalar) and node.text == "none":
        return None
    found: timedelta = shapes.span(node, place)
    return found


def languages(node: Node, place: Place) -> tuple[tuple[str, int], ...]:
    """Read the languages of the site, each with its line: the first is that of its content."""
    found = shapes.Several(lambda item, below: (shapes.language(item, below), item.line))(
        node, place
    )
    lines: dict[str, int] = {}
    for index, (code, line) in enumerate(found):
        if code.lower() in lines:
            before = lines[code.lower()]
            place.item(index).refuse(line, f"{code!r} stands in the list already, on line {before}")
        lines[code.lower()] = line
    if not found:
        place.refuse(node.line, "there are none: name them, that of the content first")
    return found


def format_name(node: Node, place: Place) -> str:
    """Read the name of a format that the site does without."""
    value = shapes.word(node, place)
    if value in ALWAYS:
        place.refuse(node.line, f"{value!r} cannot be left out: it is the page itself")
    if value not in FORMATS:
        hint = nearest(value, FORMATS)
        place.refuse(node.line, f"{value!r} is not {one_of(FORMATS)}{hint}")
    return value


def pattern(node: Node, place: Place) -> str:
    """Read a regular expression of words that no reader should see."""
    value = shapes.prose(node, place)
    import regex  # noqa: PLC0415 - few policies have a pattern, and it takes 10 ms

    try:
        found = regex.compile(value)
    except regex.error as cause:
        place.refuse(node.line, f"{value!r} is no regular expression: {cause}")
    if found.search(""):
        place.refuse(
            node.line, f"{value!r} fits nothing at all, and so every text: let it ask more"
        )
    return value


def theme(node: Node, place: Place) -> ThemeChoice:
    """Read the theme's name, or its name and options."""
    if isinstance(node, Scalar):
        return ThemeChoice(name=shapes.name(node, place), path=place.path, line=node.line)
    values = shapes.read_mapping(node, THEME, place)
    return ThemeChoice(
        name=values.get("name", "default"),
        options=values.get("options", ()),
        path=place.path,
        line=node.line,
    )


def theme_options(node: Node, place: Place) -> tuple[ThemeOption, ...]:
    """Read options as they stand, texts and lists of links: the theme knows which there are."""
    if not isinstance(node, Mapping):
        place.refuse(node.line, "must be keys with values")
    found = []
    for key, value in node.entries:
        below = place.at(key.text)
        is_list = isinstance(value, Sequence)
        read = theme_links(value, below) if is_list else shapes.line(value, below)
        found.append(ThemeOption(name=key.text, value=read, line=value.line))
    return tuple(found)


def theme_links(node: Node, place: Place) -> tuple[ThemeLink, ...]:
    """Read a list of links, each with a title."""
    links = shapes.Several(shapes.Keys(LINK))(node, place)
    if not all(shapes.holds(link, *LINK) for link in links):
        raise Unreadable
    return tuple(ThemeLink(**link) for link in links)


LINK: Shape = {
    "title": Key(read=shapes.line, required=True),
    "url": Key(read=target, required=True),
}
THEME: Shape = {
    "name": Key(read=shapes.name),
    "options": Key(read=theme_options),
}
FEEDS: Shape = {
    "hub": Key(read=shapes.url),
    "maintenance_end_date": Key(read=shapes.flag),
}
UPTIME: Shape = {"partial_outage": Key(read=shapes.fraction)}
MAIL: Shape = {
    "from": Key(read=mailbox),
    "reply_to": Key(read=mail_address),
    "unsubscribe": Key(read=unsubscribe),
}
SITE: Shape = {
    "title": Key(read=shapes.line, required=True),
    "url": Key(read=site_url, required=True),
    "description": Key(read=shapes.line),
    "language": Key(read=shapes.language),
    "languages": Key(read=languages),
    "timezone": Key(read=shapes.zone),
    "since": Key(read=shapes.day),
    "support": Key(read=contact),
    "without": Key(read=shapes.OneOrSeveral(format_name)),
    "theme": Key(read=theme),
    "feeds": Key(read=shapes.Keys(FEEDS)),
    "uptime": Key(read=shapes.Keys(UPTIME)),
    "mail": Key(read=shapes.Keys(MAIL)),
}
COMPONENT: Shape = {
    "id": Key(read=shapes.name, required=True),
    "name": Key(read=shapes.line, required=True),
    "description": Key(read=shapes.line),
    "link": Key(read=shapes.url),
    "since": Key(read=shapes.day),
    "retired": Key(read=shapes.day),
    "showcase": Key(read=shapes.flag),
    "only_show_if_degraded": Key(read=shapes.flag),
}


def _any_node(node: Node, _place: Place) -> Node:
    return node


GROUP: Shape = {
    "group": Key(read=shapes.line, required=True, also="name"),
    "id": Key(read=shapes.name),
    "components": Key(read=_any_node, required=True, also="children items"),
}
_OF_A_GROUP = {"group", "components", *GROUP["components"].also.split()}
"""The keys, right or mistaken, that no single component has."""

SEVERITY: Shape = {
    "name": Key(read=shapes.line),
    "definition": Key(read=shapes.line),
    "acknowledge": Key(read=shapes.span),
    "triage": Key(read=duration),
    "update": Key(read=duration),
    "visibility": Key(read=shapes.visibility),
    "mail": Key(read=shapes.flag),
    "channels": Key(read=shapes.OneOrSeveral(shapes.name)),
    "postmortem": Key(read=duration),
    "impact": Key(read=shapes.Choice(Impact)),
    "status": Key(read=shapes.Choice(ComponentStatus)),
}
CHECK_LEVELS: Shape = {code: Key(read=shapes.Choice(Level)) for code in CHECKS}
CHECK: Shape = {
    "levels": Key(read=shapes.Keys(CHECK_LEVELS)),
    "since": Key(read=shapes.day),
    "internal_words": Key(read=shapes.OneOrSeveral(pattern)),
}
ESCALATION: Shape = {
    "level": Key(read=shapes.line, required=True),
    "who": Key(read=shapes.line, required=True),
    "after": Key(read=shapes.span, required=True),
    "impact": Key(read=shapes.Choice(Impact)),
}
POLICY: Shape = {
    "severities": Key(
        read=shapes.Keys({name.value: Key(read=shapes.Keys(SEVERITY)) for name in Severity})
    ),
    "escalation": Key(read=shapes.Several(shapes.Keys(ESCALATION))),
    "verification": Key(read=shapes.OneOrSeveral(shapes.line)),
    "checks": Key(read=shapes.Keys(CHECK)),
}


def parse_config(document: Document, policy: Policy, place: Place) -> Config | None:
    """Read site.yml; None if not even the time zone is known, so that no time can be read.

    What is missing besides was told, and is empty.
    """
    try:
        node = read_yaml(document.text, place)
        values = shapes.read_mapping(node, SITE, place)
    except Unreadable:
        return None
    assert isinstance(node, Mapping)  # noqa: S101 - else it could not have been read
    if "timezone" not in values and shapes.is_named(node, "timezone", SITE):
        return None
    choice = replace(values.get("theme", ThemeChoice()), **_spoken(values, node, place))
    mail = values.pop("mail", {})
    uptime = values.pop("uptime", {})
    feeds = values.pop("feeds", {})
    return Config(
        **({"title": "", "url": ""} | values | {"theme": choice}),
        language=choice.language,
        others=tuple(code for code, _ in choice.others),
        hub=feeds.get("hub", ""),
        marks_ends=feeds.get("maintenance_end_date", False),
        partial_outage_weight=uptime.get("partial_outage", 0.3),
        mail=MailSettings(
            sender=mail.get("from", ""),
            reply_to=mail.get("reply_to", ""),
            unsubscribe=mail.get("unsubscribe", ""),
        ),
        policy=policy,
    )


def _spoken(values: dict[str, Any], site: Mapping, place: Place) -> dict[str, Any]:
    """Tell in which languages the site speaks, the first first, and on which lines it says so."""
    listed = values.pop("languages", ())
    if "language" not in values:
        first, *others = listed or (("en", 0),)
    else:
        first, others = (values.pop("language"), site.line_of("language")), [*listed[1:]]
        if listed and listed[0][0] != first[0]:
            message = (
                f"is {first[0]}, but the first of languages: is {listed[0][0]}: leave this out"
            )
            place.at("language").tell(first[1], message)
    return {"language": first[0], "language_line": first[1], "others": tuple(others)}


def parse_policy(document: Document, place: Place) -> Policy:
    """Read policy.yml over the default: what it leaves out stays."""
    try:
        values = shapes.read_mapping(read_yaml(document.text, place), POLICY, place)
    except Unreadable:
        return DEFAULT_POLICY
    changed: dict[str, dict[str, Any]] = values.get("severities", {})
    severities: tuple[tuple[Severity, SeverityPolicy], ...] = tuple(
        (severity, replace(policy, **changed.get(severity, {})))
        for severity, policy in DEFAULT_POLICY.severities
    )
    steps = [
        step for step in values.get("escalation", ()) if shapes.holds(step, "level", "who", "after")
    ]
    escalation = tuple(Escalation(**step) for step in steps)
    checks = values.get("checks", {})
    levels = tuple(checks.pop("levels", {}).items())
    return Policy(
        severities=severities,
        escalation=escalation or DEFAULT_POLICY.escalation,
        verification=values.get("verification", DEFAULT_POLICY.verification),
        checks=CheckPolicy(**checks, levels=levels),
    )


class ComponentsReader:
    """Reads components.yml, in which every id may stand once."""

    def __init__(self) -> None:
        """Begin without any id taken."""
        self.lines: dict[tuple[str, str], int] = {}

    def read(self, document: Document, place: Place) -> tuple[Component | ComponentGroup, ...]:
        """Read the whole file."""
        node = read_yaml(document.text, place)
        entries: list[Component | ComponentGroup] = []
        for item, below in self.items(node, place):
            is_group = isinstance(item, Mapping) and not _OF_A_GROUP.isdisjoint(
                key.text for key, _ in item.entries
            )
            entry = self.group(item, below) if is_group else self.component(item, below)
            if entry:
                entries.append(entry)
        return tuple(entries)

    def items(self, node: Node, place: Place) -> list[tuple[Node, Place]]:
        if not isinstance(node, Sequence):
            place.refuse(node.line, "must be a list of components; `[]` is a page without any")
        return [(item, place.item(index)) for index, item in enumerate(node.items)]

    def group(self, node: Node, place: Place) -> ComponentGroup | None:
        try:
            values = shapes.read_mapping(node, GROUP, place)
            if not shapes.holds(values, "group", "components"):
                return None
            items = self.items(values["components"], place.at("components"))
        except Unreadable:
            return None
        leaves = [leaf for item, below in items if (leaf := self.leaf(item, below))]
        made = re.sub(r"[^a-z0-9]+", "-", values["group"].lower()).strip("-")
        name = values.get("id", made)
        if not name:
            place.at("id").tell(node.line, "is missing: the group's name gives no address, add id:")
            return None
        if not self.claim("group", name, node, place):
            return None
        return ComponentGroup(id=name, name=values["group"], components=tuple(leaves))

    def leaf(self, node: Node, place: Place) -> Component | None:
        """Read a component of a group."""
        if isinstance(node, Mapping) and node.get("group"):
            place.tell(node.line, "a group holds components only: put this one beside it")
            return None
        return self.component(node, place)

    def component(self, node: Node, place: Place) -> Component | None:
        try:
            values = shapes.read_mapping(node, COMPONENT, place)
        except Unreadable:
            return None
        if not shapes.holds(values, "id", "name") or not self.claim(
            "component", values["id"], node, place
        ):
            return None
        since, retired = values.get("since"), values.get("retired")
        if since and retired and retired <= since:
            line = node.line_of("retired") if isinstance(node, Mapping) else node.line
            place.at("retired").tell(line, f"{retired} does not lie after since, {since}")
        return Component(**values)

    def claim(self, kind: str, name: str, node: Node, place: Place) -> bool:
        """Take an id; groups and components each have their own."""
        line = node.line_of("id") if isinstance(node, Mapping) else node.line
        if (kind, name) in self.lines:
            first = self.lines[kind, name]
            message = f"the {kind} on line {first} is called {name!r} too: give one another id"
            place.at("id").tell(line, message)
            return False
        self.lines[kind, name] = line
        return True
